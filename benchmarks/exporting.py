"""Exporting an RSS window, against feedgen alone that is fed the same values.

The other side is this module too: ``python -m benchmarks.exporting VALUES OUT`` reads values that lie ready in one JSON
file and hands them to feedgen. It opens no archive, selects, redacts, sanitises and renders nothing, and leaves out what
feedgen has no call for (slash:comments, wfw:commentRss).
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Figure, at_most, in_turn, spend
from benchmarks.plan import feedkeep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.plan import Plan

TIMES = 1.5
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


def run(plan: Plan) -> Iterator[Figure]:
    archive = plan.archive(plan.window)
    ours, alone, values = (plan.folder / name for name in ("window.xml", "alone.xml", "values.json"))
    command = [*feedkeep(), "export", "rss", "-a", str(archive), "-O", f"limit={plan.window}", "-o", "-"]
    spend(command, into=ours)
    said = _values(ours)
    if len(said["items"]) != plan.window:
        raise RuntimeError(f"the window holds {len(said['items'])} of {plan.window} posts")
    values.write_text(json.dumps(said), "utf-8")
    export, feedgen = in_turn(
        plan.repeats,
        lambda: spend(command, into=ours),
        lambda: spend([sys.executable, "-m", "benchmarks.exporting", str(values), str(alone)]),
    )
    if _values(alone) != said:
        raise RuntimeError("the two windows do not say the same")
    what = f"export rss, a window of {plan.window:,} posts"
    yield at_most(f"{what}: CPU", export.cpu, feedgen.cpu, TIMES, "feedgen alone")
    yield at_most(f"{what}: wall", export.wall, feedgen.wall, TIMES, "feedgen alone")


def _values(document: Path) -> dict[str, Any]:
    """Read from a window what feedgen can be told."""
    from xml.etree import ElementTree as ET

    channel = ET.parse(document).getroot()[0]
    items = []
    for item in channel.findall("item"):
        guid = item.find("guid")
        date = item.findtext("pubDate")
        items.append(
            {
                "title": item.findtext("title"),
                "link": item.findtext("link"),
                "id": item.findtext("guid"),
                "permalink": guid is not None and guid.get("isPermaLink") == "true",
                "description": item.findtext("description"),
                "content": item.findtext(_CONTENT),
                "creators": [element.text for element in item.findall(_CREATOR)],
                "categories": [element.text for element in item.findall("category")],
                "published": parsedate_to_datetime(date).isoformat() if date else None,
            }
        )
    return {**{name: channel.findtext(name) for name in ("title", "link", "description")}, "items": items}


def main(values: str, out: str) -> None:
    from feedgen.feed import FeedGenerator

    said = json.loads(Path(values).read_bytes())
    feed = FeedGenerator()
    feed.load_extension("dc")
    feed.title(said["title"])
    feed.link(href=said["link"])
    feed.description(said["description"])
    for item in said["items"]:
        entry = feed.add_entry(order="append")
        entry.title(item["title"])
        entry.link(href=item["link"])
        entry.guid(item["id"], permalink=item["permalink"])
        entry.description(item["description"])
        if item["content"] is not None:
            entry.content(item["content"], type="CDATA")
        entry.dc.dc_creator(item["creators"])
        entry.category([{"term": name} for name in item["categories"]])
        if item["published"] is not None:
            entry.published(dt.datetime.fromisoformat(item["published"]))
    feed.rss_file(out, pretty=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
