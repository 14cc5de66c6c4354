"""The guest whose manners are tested: its name, its limits, the feed it asks for, and an answer that breaks off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.fetch.client import Limits, user_agent

if TYPE_CHECKING:
    from loopback import Visit

AGENT = user_agent("1.0", "https://keeper.example/about")
LIMITS = Limits(body=100_000, redirects=3, connect=2, idle=2, total=5, gap=1)
FEED = b"<rss version='2.0'><channel><title>Lantern</title></channel></rss>"


def cut_length(visit: Visit) -> None:
    visit.head(200, Content_Length=len(FEED) + 10)
    visit.write(FEED)
    visit.hang_up()
