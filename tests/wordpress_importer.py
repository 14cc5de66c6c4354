"""The rules of WordPress's importer (version 0.9), from their description; no code of the exporter is in here."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

from lxml import etree

WP = "{http://wordpress.org/export/1.2/}"
NEVER = "0000-00-00 00:00:00"


class Inserted(NamedTuple):
    """A post as WordPress's database holds it after the import."""

    number: int
    title: str
    date: str
    kind: str
    status: str
    author: str | None
    parent: int
    terms: list[tuple[str, str]]
    meta: list[tuple[str, str]]
    comments: dict[int, tuple[int, str, str]]  # number → parent, status, text


class Imported(NamedTuple):
    posts: dict[int, Inserted]
    refused: list[str]  # "already exists", or skipped without a word
    term_parents: dict[tuple[str, str], str]


def wordpress(data: bytes) -> Imported:
    """Import ``data`` as WordPress would; fails where WordPress would refuse the file."""
    assert b"<!DOCTYPE" not in data
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))
    assert root.tag == "rss"
    assert root.nsmap["wp"] == WP.strip("{}")
    version = root.findtext(f"channel/{WP}wxr_version") or ""
    assert re.fullmatch(r"\d+\.\d+", version)
    channel = root.find("channel")
    assert channel is not None
    authors = {
        sanitised(author.findtext(f"{WP}author_login") or ""): author.findtext(f"{WP}author_login")
        for author in channel.iter(f"{WP}author")
    }
    assert "" not in authors
    posts: dict[int, Inserted] = {}
    refused: list[str] = []
    orphans: dict[int, int] = {}
    for item in channel.iter("item"):
        flushed_whole(item)
        post = inserted(item, authors, posts, refused)
        if post is None:
            continue
        if post.parent and post.parent not in posts:
            orphans[post.number] = post.parent
            post = post._replace(parent=0)
        posts[post.number] = post
    for number, parent in orphans.items():
        if parent in posts:
            posts[number] = posts[number]._replace(parent=parent)
    return Imported(posts, refused, term_parents(channel))


def flushed_whole(item: Any) -> None:
    """The streaming reader hands an item on when its first nested element begins."""
    nested = False
    for child in item:
        if child.tag in {f"{WP}postmeta", f"{WP}comment"}:
            nested = True
        elif str(child.tag).startswith(WP) or child.tag in {"title", "link", "guid", "pubDate", "description"}:
            assert not nested, f"{child.tag} comes after a nested element"
    assert not item.findtext("description"), "the description would become the excerpt"


def inserted(
    item: Any, authors: dict[str, str | None], posts: dict[int, Inserted], refused: list[str]
) -> Inserted | None:
    def text(name: str) -> str:
        return item.findtext(f"{WP}{name}") or ""

    title, date, kind = item.findtext("title") or "", text("post_date"), text("post_type")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", date)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text("post_date_gmt"))
    assert item.find(f"{WP}post_name") is not None
    number = int(text("post_id"))
    assert 0 < number < 2**31
    if number in posts:
        refused.append(f"{number} again")
        return None
    for other in posts.values():
        same_title = not title or collated(title) == collated(other.title)
        if kind == other.kind and same_title and (not date or date == other.date):
            refused.append(f"{title} already exists")
            return None
    if kind == "attachment":
        assert text("attachment_url"), "an attachment without its file's address cannot be fetched"
    creator = sanitised(item.findtext("{http://purl.org/dc/elements/1.1/}creator") or "")
    return Inserted(
        number=number,
        title=title,
        date="the day of the import" if date == NEVER else date,
        kind=kind,
        status=text("status"),
        author=authors.get(creator),
        parent=int(text("post_parent")),
        terms=[(c.get("domain"), c.get("nicename")) for c in item.iter("category") if c.get("nicename")],
        meta=[
            (m.findtext(f"{WP}meta_key") or "", m.findtext(f"{WP}meta_value") or "")
            for m in item.findall(f"{WP}postmeta")
        ],
        comments=threads(item),
    )


def threads(item: Any) -> dict[int, tuple[int, str, str]]:
    stated = {int(comment.findtext(f"{WP}comment_id") or ""): comment for comment in item.findall(f"{WP}comment")}
    assert len(stated) == len(item.findall(f"{WP}comment")), "one comment_id twice in an item"
    done: dict[int, tuple[int, str, str]] = {}
    for number, comment in sorted(stated.items()):
        parent = int(comment.findtext(f"{WP}comment_parent") or "")
        assert parent == 0 or parent in done, "a parent that was not inserted yet"
        done[number] = (
            parent,
            comment.findtext(f"{WP}comment_approved") or "",
            comment.findtext(f"{WP}comment_content") or "",
        )
    return done


def term_parents(channel: Any) -> dict[tuple[str, str], str]:
    done: dict[tuple[str, str], str] = {}
    for kind, slug, parent, taxonomy in (
        ("category", "category_nicename", "category_parent", "category"),
        ("tag", "tag_slug", "", "post_tag"),
        ("term", "term_slug", "term_parent", ""),
    ):
        for term in channel.findall(f"{WP}{kind}"):
            key = (taxonomy or term.findtext(f"{WP}term_taxonomy") or "", term.findtext(f"{WP}{slug}") or "")
            above = (term.findtext(f"{WP}{parent}") or "") if parent else ""
            done[key] = above if (key[0], above) in done else ""
    return done


def sanitised(login: str) -> str:
    return re.sub(r"[^a-z0-9 _.\-@*]", "", login, flags=re.IGNORECASE).strip().lower()


def collated(title: str) -> str:
    decomposed = unicodedata.normalize("NFKD", title.casefold()).rstrip()
    return "".join(c for c in decomposed if not unicodedata.combining(c))
