"""Write a Disqus export of any size: threads first, then 50 comments for each, a third of them replies.

usage: make_disqus.py MB OUT.xml

The same arguments make the same bytes.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MB = 1_000_000
BLOG = "http://blog.example"
COMMENTS = 50  # for each thread
REPLY = 3  # every third comment is a reply to the one before
WORDS = 40
BYTES = 635  # of a comment with its share of its thread, about
FIRST = 4_000_000_000  # Disqus numbers the comments of all sites together, so a site's numbers are far apart
STEP = 977
_VOCABULARY = [
    "lantern",
    "harbour",
    "reel",
    "window",
    "aisle",
    "curtain",
    "matinee",
    "winter",
    "silence",
    "chase",
    "shadow",
    "ending",
    "usher",
    "ticket",
]

_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<category dsq:id="1"><forum>measured</forum><title>General</title><isDefault>true</isDefault></category>
"""
_THREAD = """<thread dsq:id="{id}"><id>{n} {blog}/?p={n}</id><forum>measured</forum><category dsq:id="1" />
<link>{blog}/post-{n}/</link><title>Post number {n}</title><message /><createdAt>{year}-01-02T10:00:00Z</createdAt>
<author><name>Editor</name><isAnonymous>false</isAnonymous><username>editor</username></author>
<isClosed>false</isClosed><isDeleted>false</isDeleted></thread>
"""
_POST = """<post dsq:id="{id}"><id /><message><![CDATA[<p>{body}</p>]]></message>
<createdAt>{year}-01-03T{hour:02}:{minute:02}:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
<author><name>Reader {reader}</name><isAnonymous>false</isAnonymous><username>reader{reader}</username></author>
<ipAddress>192.0.2.{reader}</ipAddress><thread dsq:id="{thread}" />{parent}</post>
"""


def pieces(threads: int) -> Iterator[str]:
    """Yield the document, element by element."""
    chance = random.Random(threads)
    yield _HEAD
    for n in range(1, threads + 1):
        yield _THREAD.format(id=FIRST - n, n=n, blog=BLOG, year=2005 + n % 15)
    for number in range(threads * COMMENTS):
        n = number // COMMENTS + 1
        parent = FIRST + (number - 1) * STEP
        yield _POST.format(
            id=FIRST + number * STEP,
            body=" ".join(chance.choices(_VOCABULARY, k=WORDS)),
            year=2005 + n % 15,
            hour=number % 24,
            minute=number % 60,
            reader=number % 250,
            thread=FIRST - n,
            parent=f'<parent dsq:id="{parent}" />' if number % COMMENTS % REPLY == REPLY - 1 else "",
        )
    yield "</disqus>\n"


def main(megabytes: str, out: str) -> None:
    threads = max(1, int(megabytes) * MB // (BYTES * COMMENTS))
    with Path(out).open("w", encoding="utf-8") as file:
        file.writelines(pieces(threads))


if __name__ == "__main__":
    main(*sys.argv[1:])
