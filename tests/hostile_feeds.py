"""Many blogs in one server that does wrong on a schedule: what a feed does in a round follows from both alone.

Each blog is a host of its own name. It grows by two entries a round and shows the newest five.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import sys
from hashlib import sha256
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from feedkeep.fetch.client import Client, Limits
from feedkeep.fetch.clock import SystemClock
from feedkeep.fetch.guard import Guard
from feedkeep.models import Site
from feedkeep.workflows import follow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loopback import Visit

BEGIN = dt.datetime(2014, 6, 4, 12, 0, 0, tzinfo=dt.UTC)
APART = dt.timedelta(days=8)  # two rounds: longer than a feed that failed is ever left alone, unless it asks for it
WAIT = dt.timedelta(days=10)  # what a feed asks for that says 429: the next round leaves it alone
IDLE = 1.0  # seconds that a client of these tests waits for a byte
_WINDOW = 5
_FORMATS = ("rss", "atom", "json")
WHOLE = ("plain", "chunked", "gzip", "moved", "mislabelled")
BROKEN = ("silent", "stuck", "reset", "short", "unended", "half packed", "failing", "busy", "circle", "page")
# a length that is too small gives the beginning of the document, and nothing says that it is not all
CUT = ("cut",)


def does(feed: int, round_: int) -> str:
    """Say what a feed does in a round: half of them do well."""
    chance = int.from_bytes(sha256(f"{feed} {round_}".encode()).digest()[:4], "big") / (1 << 32)
    ways = [*WHOLE, *WHOLE, *BROKEN, *CUT]
    return ways[int(chance * len(ways))]


def entries(round_: int) -> range:
    """Number the entries that each feed shows in a round."""
    newest = _WINDOW + 2 * round_
    return range(newest - _WINDOW + 1, newest + 1)


def title(feed: int, number: int) -> str:
    """Name an entry; what stands in no other encoding than its own shows a wrong one."""
    return f"Café {feed}, naïve film {number} — „gesehen“"


def end(feed: int, number: int) -> str:
    """Give the last word of an entry's text: who holds it holds all of it."""
    return f"ENDE-{feed}-{number}-ß"


def address(feed: int, port: int) -> str:
    """Give the address of a feed."""
    return f"http://blog-{feed}.example:{port}/feed"


def number(url: str) -> int:
    """Give the feed of an address."""
    return int(url.partition(".")[0].rpartition("-")[2])


def entry_id(feed: int, number_: int) -> str:
    """Give the id of an entry."""
    return f"http://blog-{feed}.example/?p={number_}"


def all_entries(feeds: Iterable[int], round_: int) -> set[str]:
    """Give the ids of what feeds show in a round."""
    return {entry_id(feed, one) for feed in feeds for one in entries(round_)}


def following(feeds: int, port: int) -> list[Site]:
    """Give what is to be followed."""
    return [Site(id=address(feed, port), feed_urls=(address(feed, port),)) for feed in range(feeds)]


class _Calendar(SystemClock):
    """The machine's clock, on another day."""

    def __init__(self, today: dt.datetime) -> None:
        self._today = today

    def now(self) -> dt.datetime:
        return self._today


def moment(round_: int) -> dt.datetime:
    """Say when a round is."""
    return BEGIN + APART * round_


def client(round_: int) -> Client:
    """Open a client whose names all lead to this machine."""
    guard = Guard(allow_private=True, resolve=lambda *_: ["127.0.0.1"])
    return Client("test", guard, _Calendar(moment(round_)), limits=Limits(gap=0.0, idle=IDLE, total=20.0))


class Blogs:
    """What the server does. ``round`` is set by the test; ``shown`` are the entries that were ever served whole."""

    def __init__(self, *, well: bool = False) -> None:
        self.round = 0
        self.well = well  # nothing goes wrong
        self.shown: set[tuple[int, int]] = set()
        self.written: set[tuple[int, int]] = set()  # whole or not
        self.asked: list[int] = []

    def answer(self, visit: Visit) -> None:
        feed = number(visit.headers["Host"])
        way = "plain" if self.well else does(feed, self.round)
        self.written.update((feed, number_) for number_ in entries(self.round))
        if visit.path == "/feed":
            self.asked.append(feed)
        getattr(self, "_" + way.replace(" ", "_"))(visit, feed)

    # -- what is whole ------------------------------------------------------------------------------------

    def _plain(self, visit: Visit, feed: int) -> None:
        body, kind = document(feed, self.round)
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        if visit.headers.get("If-None-Match") == etag:
            visit.send(304, ETag=etag)
        else:
            visit.send(200, body, Content_Type=kind, ETag=etag)
        self._has_shown(feed)

    def _chunked(self, visit: Visit, feed: int) -> None:
        body, kind = document(feed, self.round)
        visit.head(200, Content_Type=kind, Transfer_Encoding="chunked")
        for start in range(0, len(body), 700):
            piece = body[start : start + 700]
            visit.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        visit.write(b"0\r\n\r\n")
        self._has_shown(feed)

    def _gzip(self, visit: Visit, feed: int) -> None:
        body, kind = document(feed, self.round)
        visit.send(200, gzip.compress(body), Content_Type=kind, Content_Encoding="gzip")
        self._has_shown(feed)

    def _moved(self, visit: Visit, feed: int) -> None:
        if visit.path == "/feed":
            visit.send(302, Location="/elsewhere")
        else:
            self._plain(visit, feed)

    def _mislabelled(self, visit: Visit, feed: int) -> None:
        body, kind = document(feed, self.round)
        charset = ("iso-8859-1", "utf-16", "us-ascii", "klingon")[feed % 4]
        visit.send(200, body, Content_Type=f"{kind}; charset={charset}")
        self._has_shown(feed)

    def _has_shown(self, feed: int) -> None:
        self.shown.update((feed, number_) for number_ in entries(self.round))

    # -- what is not --------------------------------------------------------------------------------------

    def _begin(self, visit: Visit, feed: int, part: float) -> None:
        body, kind = document(feed, self.round)
        visit.head(200, Content_Type=kind, Content_Length=len(body))
        visit.write(body[: int(len(body) * part)])

    def _silent(self, visit: Visit, _: int) -> None:
        visit.wait_until_left()

    def _stuck(self, visit: Visit, feed: int) -> None:
        self._begin(visit, feed, 0.5)
        visit.wait_until_left()

    def _reset(self, visit: Visit, feed: int) -> None:
        self._begin(visit, feed, 0.3)
        visit.reset()

    def _short(self, visit: Visit, feed: int) -> None:
        self._begin(visit, feed, 0.99)
        visit.hang_up()

    def _unended(self, visit: Visit, feed: int) -> None:
        body, kind = document(feed, self.round)
        visit.head(200, Content_Type=kind, Transfer_Encoding="chunked")
        visit.write(b"%x\r\n%b\r\n" % (len(body), body))
        visit.hang_up()

    def _half_packed(self, visit: Visit, feed: int) -> None:
        body, kind = document(feed, self.round)
        packed = gzip.compress(body)
        visit.send(200, packed[: len(packed) // 2], Content_Type=kind, Content_Encoding="gzip")

    def _failing(self, visit: Visit, feed: int) -> None:
        visit.send((500, 502, 503)[feed % 3], b"<html><h1>Sorry</h1></html>", Content_Type="text/html")

    def _busy(self, visit: Visit, _: int) -> None:
        visit.send(429, b"later", Retry_After=int(WAIT.total_seconds()))

    def _circle(self, visit: Visit, _: int) -> None:
        visit.send(302, Location="/feed" if visit.path != "/feed" else "/round")

    def _page(self, visit: Visit, feed: int) -> None:
        words = "".join(f"<p>{'We are working on it. ' * 12}</p>" for _ in range(3))
        page = f"<html><head><title>Maintenance {feed}</title></head><body><article>{words}</article></body></html>"
        visit.send(200, page.encode(), Content_Type="text/html; charset=utf-8")

    def _cut(self, visit: Visit, feed: int) -> None:
        body, kind = document(feed, self.round)
        visit.head(200, Content_Type=kind, Content_Length=len(body) * 2 // 3)
        visit.write(body)
        visit.hang_up()


def document(feed: int, round_: int) -> tuple[bytes, str]:
    """Write a feed as it is in a round; give its media type, too."""
    form = _FORMATS[feed % len(_FORMATS)]
    home, name = f"http://blog-{feed}.example/", f"Blog {feed}"
    held = [
        {
            "id": entry_id(feed, one),
            "url": f"{home}{one}",
            "title": title(feed, one),
            "content_html": f"<p>{'Wörter ' * 20}{end(feed, one)}</p>",
            "date_published": f"{dt.date(2014, 1, 1) + dt.timedelta(days=one)}T12:00:00Z",
        }
        for one in reversed(entries(round_))
    ]
    if form == "json":
        said = {"version": "https://jsonfeed.org/version/1.1", "title": name, "home_page_url": home, "items": held}
        return json.dumps(said, ensure_ascii=False).encode(), "application/feed+json"
    found = "".join(_ENTRY[form].format_map({key: escape(value) for key, value in one.items()}) for one in held)
    return _FEED[form].format(home=home, name=name, found=found).encode(), f"application/{form}+xml"


_FEED = {
    "rss": '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{name}</title><link>{home}</link>'
    "<description>films</description>{found}</channel></rss>",
    "atom": '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>{home}</id>'
    '<title>{name}</title><link href="{home}"/><updated>2014-06-04T12:00:00Z</updated>{found}</feed>',
}
_ENTRY = {
    "rss": "<item><title>{title}</title><link>{url}</link><description>{content_html}</description>"
    '<pubDate>{date_published}</pubDate><guid isPermaLink="false">{id}</guid></item>',
    "atom": '<entry><id>{id}</id><title>{title}</title><link href="{url}"/><updated>{date_published}</updated>'
    '<content type="html">{content_html}</content></entry>',
}


if __name__ == "__main__":  # a sync that a test kills: ARCHIVE ROUND
    with client(int(sys.argv[2])) as opened:
        follow.sync(sys.argv[1], opened, moment(int(sys.argv[2])))
