"""A post of Tumblr's API as a record, its notes as comments: https://www.tumblr.com/docs/en/api/v2#posts."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final

from feedkeep.content import npf, tumblr_types
from feedkeep.content.cards import text
from feedkeep.content.npf_layout import named
from feedkeep.content.tags import words
from feedkeep.content.text import plain
from feedkeep.content.tumblr_types import Shown
from feedkeep.models import Content, Enclosure, Link, Person, Post, Site, Term
from feedkeep.wire import dates, tumblr_notes

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from feedkeep.models import Comment, PostStatus
    from feedkeep.wire.intake import Intake

Row = dict[str, Any]
_STATES: Final[dict[str, PostStatus]] = {
    "published": "published",
    "queued": "scheduled",
    "queue": "scheduled",
    "draft": "draft",
    "private": "private",
    "submission": "pending",
    "unapproved": "pending",
}
# The guid of Tumblr's feeds is the address without its words.
_PERMALINK = re.compile(r"(https?://[^/\s]+/[^/\s?#]+/\d+)(?:/([^/\s?#]+))?/?(?:[?#]\S*)?")
_ZONES = dt.timedelta(hours=15)
_READ: Final = words(
    "id id_string type post_url url_with_slug slug date local_date timestamp tags state private summary notes format "
    "object_type blog post_author"
)


class Reader:
    """Makes records of posts."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._notes, self._source = intake.notes, intake.source.name
        self.unsaid = 0  # posts of which nothing said whether they were private

    def records(self, row: object, *, shown_to_all: bool = True) -> Iterator[Post | Comment]:
        """Yield a post and its comments. Without a state it is public where ``shown_to_all``, else private."""
        if not isinstance(row, dict):
            self._notes.skipped("a post that is not an object", source=self._source)
            return
        number = text(row.get("id_string")) or text(row.get("id"))
        stated = text(row.get("post_url")) or text(row.get("url_with_slug"))
        address = _PERMALINK.fullmatch(stated)
        record_id = address[1] if address else f"tumblr:{number}" if number else None
        if record_id is None:
            said = (text(row.get(name)) for name in ("date", "slug", "title", "body", "caption", "summary"))
            record_id = self._intake.made("post", *said)
        comments, tally = tumblr_notes.comments(row, record_id, self._intake)
        yield self._post(row, record_id, number, tally, shown_to_all=shown_to_all)
        yield from comments

    def _post(self, row: Row, record_id: str, number: str, tally: Counter[str], *, shown_to_all: bool) -> Post:
        kind = text(row.get("type"))
        shown = self._shown(row, record_id, kind)
        alias = f"tumblr:{number}" if number else record_id
        plain_url, with_slug = text(row.get("post_url")), text(row.get("url_with_slug"))
        url = with_slug or plain_url or None
        slug = text(row.get("slug"))
        if slug == "" and url is not None and (found := _PERMALINK.fullmatch(url)):
            slug = found[2] or ""
        rest = {name: value for name, value in row.items() if name not in _READ | tumblr_types.fields(kind)}
        rest = {name: value for name, value in rest.items() if value not in (None, "", [], {}, False)}
        extra: dict[str, Any] = {**({"type": kind} if kind else {}), **rest}
        extra |= {name: count for name, count in tally.items() if count}
        return Post(
            id=record_id,
            aliases=(alias,) if alias != record_id else (),
            url=url,
            urls=tuple(dict.fromkeys(u for u in (record_id, plain_url) if u.startswith("http") and u != url)),
            slug=slug or None,
            title=" ".join(plain(shown.title).split()) or None if shown.title else None,
            content=Content(value=shown.html) if shown.html else None,
            authors=self._authors(row),
            terms=tuple(Term(name=tag, taxonomy="post_tag") for tag in _texts(row.get("tags")) if tag.strip()),
            published=self._date(row, record_id),
            status=self._status(row, record_id, shown_to_all=shown_to_all),
            links=(*shown.links, *_reblogged(row)),
            enclosures=shown.enclosures,
            image=shown.image,
            extra={"tumblr": extra} if extra else {},
        )

    def _shown(self, row: Row, record_id: str, kind: str) -> Shown:
        content = row.get("content")
        if isinstance(content, list) and (content or kind == "blocks" or row.get("trail")):
            return self._blocks(row, content, record_id)
        shown = tumblr_types.rendered(kind, row)
        if shown is None:
            what = f"a post of a type that is not known: {kind[:40] or 'none'}"
            self._notes.altered(what, source=self._source, record=record_id)
            bodies = (text(row.get(name)) for name in ("body", "caption", "text", "description", "answer"))
            return Shown("\n".join(body for body in bodies if body), text(row.get("title")) or None)
        return shown

    def _blocks(self, row: Row, content: list[Any], record_id: str) -> Shown:
        """Show what was reblogged, oldest first, then what the blog itself says; the blocks stay in ``extra``."""
        trail = [one for one in row["trail"] if isinstance(one, dict)] if isinstance(row.get("trail"), list) else []
        noticed: list[str] = []
        parts: list[str] = []
        for one in trail:
            html, said = npf.rendered(one.get("content"), one.get("layout"))
            noticed += said
            by = one.get("blog") if isinstance(one.get("blog"), dict) else {"name": one.get("broken_blog_name")}
            if isinstance(one.get("broken_blog"), dict):
                by = one["broken_blog"]
            parts.append(f'<blockquote class="reblog"><p>{named(by)}:</p>\n{html}</blockquote>')
        title, own = None, content
        if not trail and content and _is_heading(content[0], row.get("layout")):
            title, own = text(content[0].get("text")), [{}, *content[1:]]  # as the legacy types part them
        html, said = npf.rendered(own, row.get("layout"))
        noticed += said
        for what in dict.fromkeys(noticed):
            self._notes.altered(what, source=self._source, record=record_id)
        files = tuple(_files(content))
        image = next((text(npf.media(b)["url"]) for b in content if _is(b, "image") and npf.media(b)), None)
        return Shown("\n".join(part for part in (*parts, html) if part), title, (), files, image)

    def _authors(self, row: Row) -> tuple[Person, ...]:
        """Give who posted to a blog of several."""
        name = text(row.get("post_author"))
        return (Person(id=name, name=name),) if name else ()

    def _date(self, row: Row, record_id: str) -> dt.datetime | None:
        """Read the date in the blog's own offset, where local time and GMT are both told."""
        said, stamp, local = (text(row.get(name)) for name in ("date", "timestamp", "local_date"))
        found = dates.parse(said, dt.UTC) if said else None  # "the GMT date and time of the post"
        found = found or (dates.parse(stamp) if stamp else None)
        if found is None:
            other = local or said or stamp
            return self._intake.moment(other, "date", record_id) if other else None
        moment = found[0]
        told = dates.parse(local, dt.UTC) if local else None
        if told is None or not told[1]:
            return moment
        offset = told[0] - moment
        if abs(offset) >= _ZONES or offset.total_seconds() % 900:
            return moment
        return moment.astimezone(dt.timezone(offset)) if offset else moment

    def _status(self, row: Row, record_id: str, *, shown_to_all: bool) -> PostStatus:
        said = text(row.get("state")).lower()
        status: PostStatus | None = _STATES.get(said)
        if said and status is None:
            what = f"state {said[:40]!r} is not known: kept private"
            self._notes.altered(what, source=self._source, record=record_id)
            status = "private"
        is_private = row.get("private") in (True, 1, "1", "true") or row.get("is_paywalled") is True
        if is_private and status in {None, "published"}:
            return "private"
        if status is None and not shown_to_all:
            self.unsaid += 1
        return status or ("published" if shown_to_all else "private")


def site(blog: object) -> Site | None:
    """Give the blog: the object "blog" of the second API, "tumblelog" of the first."""
    if not isinstance(blog, dict):
        return None
    name = text(blog.get("name"))
    domain = text(blog.get("cname"))
    url = text(blog.get("url")) or (domain if "://" in domain else f"https://{domain}/" if domain else "")
    if not url and re.fullmatch(r"[A-Za-z0-9-]+", name):
        url = f"https://{name.lower()}.tumblr.com/"
    if not url:
        return None
    url = url if url.endswith("/") else f"{url}/"
    read = {"name", "title", "description", "url", "cname", "posts", "avatar", "updated", "feeds"}
    rest = {key: value for key, value in blog.items() if key not in read and value not in (None, "", [], {}, False)}
    avatar = blog.get("avatar")
    pictures = [text(one.get("url")) for one in avatar if isinstance(one, dict)] if isinstance(avatar, list) else []
    return Site(
        id=url,
        url=url,
        title=text(blog.get("title")) or name or None,
        description=text(blog.get("description")) or None,
        feed_urls=(f"{url}rss",),
        authors=(Person(id=name, name=name, url=url),) if name else (),
        image=pictures[0] if pictures and pictures[0] else None,
        extra={"tumblr": rest} if rest else {},
    )


def _is(block: object, kind: str) -> bool:
    return isinstance(block, dict) and block.get("type") == kind


def _is_heading(first: object, layout: object) -> bool:
    asked = isinstance(layout, list) and any(_is(one, "ask") for one in layout)
    return isinstance(first, dict) and _is(first, "text") and first.get("subtype") == "heading1" and not asked


def _files(content: list[Any]) -> Iterator[Enclosure]:
    for block in content:
        if _is(block, "audio") or _is(block, "video"):
            held = npf.media(block)
            if held:
                kind = text(held.get("type")).replace("audio/mp3", "audio/mpeg") or None
                yield Enclosure(url=text(held["url"]), type=kind, title=text(block.get("title")) or None)


def _reblogged(row: Row) -> Iterator[Link]:
    """Name whose post it was, and whose before that."""
    seen: set[str] = set()
    for place in ("from", "root"):
        url = text(row.get(f"reblogged_{place}_url"))
        if url and url not in seen:
            seen.add(url)
            name = text(row.get(f"reblogged_{place}_name")) or text(row.get(f"reblogged_{place}_title"))
            yield Link(href=url, rel="via", title=name or None)


def _texts(held: object) -> Iterator[str]:
    for one in held if isinstance(held, list) else (held,):
        if text(one):
            yield text(one)
