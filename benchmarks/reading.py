"""Reading a well-formed feed to records, against feedparser and fastfeedparser on the same bytes.

The child process that measures is this module too: ``python -m benchmarks.reading FEED ROUNDS`` prints the best seconds
of each reader. All three start at bytes in memory; ours includes finding out the format and looking for reviews.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from benchmarks.make_wxr import paragraph
from benchmarks.measure import ROOT, Figure, faster, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.plan import Plan

TIMES_FEEDPARSER = 10
TIMES_FAST = 1
SIZES = (20, 2000)  # what a blog serves; what a whole history in one document is

_RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
 xmlns:wfw="http://wellformedweb.org/CommentAPI/"><channel><title>Measured blog</title>
<atom:link href="http://blog.example/feed/" rel="self" type="application/rss+xml"/><link>http://blog.example</link>
<description>made to be measured</description><lastBuildDate>Fri, 03 Jan 2014 10:00:00 +0000</lastBuildDate>
<language>en</language>
{items}</channel></rss>
"""
_RSS_ITEM = """<item><title>Post number {n}</title><link>http://blog.example/post-{n}/</link>
<comments>http://blog.example/post-{n}/#comments</comments><pubDate>Fri, 03 Jan 2014 10:{minute:02}:00 +0100</pubDate>
<dc:creator><![CDATA[Editor]]></dc:creator><category><![CDATA[Reviews]]></category><category><![CDATA[film]]></category>
<guid isPermaLink="false">http://blog.example/?p={n}</guid><description><![CDATA[{summary}]]></description>
<content:encoded><![CDATA[{body}]]></content:encoded><wfw:commentRss>http://blog.example/post-{n}/feed/</wfw:commentRss>
<slash:comments>3</slash:comments></item>
"""
_ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" xml:lang="en">
<title type="text">Measured blog</title><subtitle type="text">made to be measured</subtitle>
<updated>2014-01-03T10:00:00Z</updated><link rel="alternate" type="text/html" href="http://blog.example"/>
<link rel="self" type="application/atom+xml" href="http://blog.example/feed/atom/"/>
<id>http://blog.example/feed/atom/</id>
{items}</feed>
"""
_ATOM_ITEM = """<entry><author><name>Editor</name><uri>http://blog.example/editor</uri></author>
<title type="html">Post number {n}</title><link rel="alternate" type="text/html" href="http://blog.example/post-{n}/"/>
<id>http://blog.example/?p={n}</id><updated>2014-01-03T10:{minute:02}:00Z</updated>
<published>2014-01-03T10:{minute:02}:00+01:00</published><category scheme="http://blog.example" term="Reviews"/>
<category scheme="http://blog.example" term="film"/><summary type="html">{summary}</summary>
<content type="html">{body}</content>
<link rel="replies" type="text/html" href="http://blog.example/post-{n}/#comments" thr:count="3"/>
<thr:total>3</thr:total></entry>
"""


def run(plan: Plan) -> Iterator[Figure]:
    for size in SIZES:
        for name, document in (("RSS", rss(size)), ("Atom", atom(size))):
            path = plan.folder / f"{name}-{size}.xml"
            path.write_text(document, "utf-8")
            rounds = plan.repeats * (10 if size < 100 else 1)
            yield from _compared(path, f"reading {name} with {size:,} items", rounds)


def _compared(path: Path, what: str, rounds: int) -> Iterator[Figure]:
    took = _measured(path, rounds)
    ours = took["feedkeep"]
    yield faster(what, ours, took["feedparser"], TIMES_FEEDPARSER, "feedparser")
    yield faster(what, ours, took["fastfeedparser"], TIMES_FAST, "fastfeedparser")
    # What the bar is made of: its compiled core is faster than the XML library that everybody else stands on.
    yield told(faster(what, ours, took["lxml"], 1, "lxml.etree.iterparse, nothing kept"))
    took = _measured(path, rounds, FASTFEEDPARSER_DISABLE_CORE="1")
    yield told(faster(what, took["feedkeep"], took["fastfeedparser"], 1, "fastfeedparser without its compiled core"))


def rss(size: int) -> str:
    """Write an RSS feed as WordPress does, whole bodies in it."""
    return _RSS.format(items="".join(_RSS_ITEM.format(n=n, minute=n % 60, **_texts(n)) for n in range(size)))


def atom(size: int) -> str:
    """Write an Atom feed likewise."""
    items = (_ATOM_ITEM.format(n=n, minute=n % 60, **{k: escape(v) for k, v in _texts(n).items()}) for n in range(size))
    return _ATOM.format(items="".join(items))


def _texts(number: int) -> dict[str, str]:
    chance = random.Random(number)
    body = "\n".join(paragraph(80, chance) for _ in range(6))
    return {"body": body + f'<p><img src="http://blog.example/{number}.jpg" alt=""/></p>', "summary": body[3:303]}


def _measured(feed: Path, rounds: int, **environment: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.reading", str(feed), str(rounds)]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment}, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    took: dict[str, float] = json.loads(done.stdout)
    return took


def main(feed: str, rounds: str) -> None:
    import fastfeedparser
    import feedparser
    from lxml import etree

    from feedkeep import formats
    from feedkeep.models import Post
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.workflows import reading

    data = Path(feed).read_bytes()

    def ours() -> int:
        source, notes = Source.from_bytes(data), Notes()
        return sum(isinstance(r, Post) for r in reading.records(source, formats.detect(source), notes))

    readers: dict[str, Callable[[], int]] = {
        "feedkeep": ours,
        "feedparser": lambda: len(feedparser.parse(BytesIO(data)).entries),
        "fastfeedparser": lambda: len(fastfeedparser.parse(data).entries),
        "lxml": lambda: sum(
            1 for _ in etree.iterparse(BytesIO(data), tag=("item", "{http://www.w3.org/2005/Atom}entry"))
        ),
    }
    found = {name: read() for name, read in readers.items()}  # also loads what is loaded late
    if len(set(found.values())) != 1 or not found["feedkeep"]:
        raise RuntimeError(f"the readers do not see the same feed: {found}")
    took = dict.fromkeys(readers, float("inf"))
    for _ in range(int(rounds)):
        for name, read in readers.items():
            started = time.process_time()
            read()
            took[name] = min(took[name], time.process_time() - started)
    print(json.dumps(took))


if __name__ == "__main__":
    main(*sys.argv[1:])
