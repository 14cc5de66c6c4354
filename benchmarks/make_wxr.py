"""Write a WordPress export of any size: posts of six paragraphs, three comments each, the last a reply.

usage: make_wxr.py POSTS OUT.xml

The same arguments make the same bytes.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PARAGRAPHS = 6
WORDS = 80
COMMENT_WORDS = 30
COMMENTS = 3
BLOG = "http://blog.example"
_VOCABULARY = [
    "lantern",
    "harbour",
    "reel",
    "window",
    "aisle",
    "curtain",
    "projector",
    "matinee",
    "winter",
    "silence",
    "chase",
    "close",
    "shadow",
    "whisper",
    "ending",
    "platform",
    "melody",
    "usher",
    "balcony",
    "ticket",
    "grain",
    "screen",
]

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Measured blog</title><link>{blog}</link><description>made to be measured</description>
<language>en</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>{blog}</wp:base_site_url><wp:base_blog_url>{blog}</wp:base_blog_url>
"""
_ITEM = """<item><title>Post number {number}</title><link>{blog}/{year}/{month:02}/post-{number}/</link>
<pubDate>{day:02} {name} {year} 10:00:00 +0000</pubDate><dc:creator><![CDATA[editor]]></dc:creator>
<guid isPermaLink="false">{blog}/?p={number}</guid><description></description>
<content:encoded><![CDATA[{body}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{number}</wp:post_id><wp:post_date>{date} 10:00:00</wp:post_date>
<wp:post_date_gmt>{date} 10:00:00</wp:post_date_gmt><wp:comment_status>open</wp:comment_status>
<wp:ping_status>open</wp:ping_status><wp:post_name>post-{number}</wp:post_name><wp:status>publish</wp:status>
<wp:post_parent>0</wp:post_parent><wp:menu_order>0</wp:menu_order><wp:post_type>post</wp:post_type>
<wp:post_password></wp:post_password><wp:is_sticky>0</wp:is_sticky>
<category domain="category" nicename="reviews"><![CDATA[Reviews]]></category>
<category domain="post_tag" nicename="film"><![CDATA[film]]></category>
{comments}</item>
"""
_COMMENT = """<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author><![CDATA[Reader {n}]]></wp:comment_author>
<wp:comment_author_email>reader{n}@example.org</wp:comment_author_email><wp:comment_author_url></wp:comment_author_url>
<wp:comment_author_IP>192.0.2.{n}</wp:comment_author_IP><wp:comment_date>{date} 11:00:00</wp:comment_date>
<wp:comment_date_gmt>{date} 11:00:00</wp:comment_date_gmt><wp:comment_content><![CDATA[{body}]]></wp:comment_content>
<wp:comment_approved>1</wp:comment_approved><wp:comment_type>comment</wp:comment_type>
<wp:comment_parent>{parent}</wp:comment_parent><wp:comment_user_id>0</wp:comment_user_id></wp:comment>
"""
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def pieces(posts: int) -> Iterator[str]:
    """Yield the document, item by item, the posts spread over fifteen years."""
    chance = random.Random(posts)
    yield _HEAD.format(blog=BLOG)
    for number in range(1, posts + 1):
        yield item(number, (2005 + (number - 1) * 15 // posts, number % 12 + 1, number % 28 + 1), chance)
    yield "</channel></rss>\n"


def item(number: int, day: tuple[int, int, int], chance: random.Random) -> str:
    """Write one post with its comments."""
    date = f"{day[0]}-{day[1]:02}-{day[2]:02}"
    ids = [number * COMMENTS + n for n in range(COMMENTS)]
    comments = "".join(
        _COMMENT.format(
            id=ids[n],
            n=n + 1,
            date=date,
            body=paragraph(COMMENT_WORDS, chance),
            parent=ids[n - 1] if n == COMMENTS - 1 else 0,
        )
        for n in range(COMMENTS)
    )
    return _ITEM.format(
        blog=BLOG,
        number=number,
        year=day[0],
        month=day[1],
        day=day[2],
        name=_MONTHS[day[1] - 1],
        date=date,
        body="".join(paragraph(WORDS, chance) for _ in range(PARAGRAPHS)),
        comments=comments,
    )


def paragraph(words: int, chance: random.Random) -> str:
    """Write so many words."""
    return f"<p>{' '.join(chance.choices(_VOCABULARY, k=words))}</p>"


def main(posts: str, out: str) -> None:
    with Path(out).open("w", encoding="utf-8") as file:
        file.writelines(pieces(int(posts)))


if __name__ == "__main__":
    main(*sys.argv[1:])
