"""Posts as Tumblr's API gives them, version 1 and 2, as records (https://www.tumblr.com/docs/en/api/v2)."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import TYPE_CHECKING, Any

from feedkeep.content import npf
from feedkeep.models import Comment, Content, Enclosure, Link, Person, Post, Site, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import PostStatus
    from feedkeep.notes import Notes
    from feedkeep.wire.intake import Intake

Answer = dict[str, Any]
_NUMBERED = re.compile(r"(https?://[^/?#]+(?:/blog/view/[\w-]+|/[\w-]+)?/(?:post/)?\d+)(?:/|$)")
_WIDTHS = (1280, 500, 400, 250, 100, 75)
_STATES: dict[str, PostStatus] = {
    "published": "published",
    "queued": "scheduled",
    "queue": "scheduled",
    "draft": "draft",
    "private": "private",
    "submission": "pending",
}
# What a field of a record says, or is about one reading.
_SAID = frozenset(
    [
        "id",
        "id_string",
        "url",
        "url-with-slug",
        "post_url",
        "short_url",
        "type",
        "date",
        "date-gmt",
        "timestamp",
        "unix-timestamp",
        "slug",
        "tags",
        "state",
        "title",
        "body",
        "photos",
        "caption",
        "text",
        "source",
        "source_title",
        "url",
        "description",
        "dialogue",
        "question",
        "answer",
        "asking_name",
        "asking_url",
        "content",
        "layout",
        "trail",
        "notes",
        "regular-title",
        "regular-body",
        "photo-caption",
        "photo-link-url",
        "quote-text",
        "quote-source",
        "link-text",
        "link-url",
        "link-description",
        "conversation",
        "conversation-title",
        "conversation-text",
        "audio-player",
        "audio-caption",
        "video-player",
        "video-source",
        "video-caption",
        "player",
        "audio_url",
        "video_url",
        "bookmarklet",
        "mobile",
        "feed-item",
        "from-feed-id",
        "format",
        "reblog-key",
        "reblog_key",
        "blog",
        "blog_name",
        "reblogged_from_url",
        "reblogged_from_name",
        "reblogged_root_url",
        "private",
        "liked",
        "followed",
        "can_like",
        "can_reblog",
        "can_reply",
        "is_blocks_post_format can_send_in_message",
        "display_avatar",
        "should_open_in_legacy",
        "recommended_source",
        "recommended_color",
        "object_type",
        "summary",
    ]
)


def site(blog: Answer) -> Site | None:
    """Read a tumblelog (version 1) or a blog (version 2)."""
    name, url = _text(blog, "name"), _text(blog, "url")
    own = _text(blog, "cname")
    if url is None:
        host = own.split("://")[-1].strip("/") if own else f"{name}.tumblr.com" if name else None
        url = f"https://{host}/" if host else None
    if url is None:
        return None
    return Site(id=url, url=url, title=_text(blog, "title") or name, description=_text(blog, "description"))


class PostReader:
    """Reads the posts of one document."""

    def __init__(self, intake: Intake, notes: Notes) -> None:
        self._intake = intake
        self._notes = notes

    def read(self, item: Answer) -> Iterator[Post | Comment]:
        """Yield a post, then what others wrote about it; nothing, with a note, for what is no post."""
        number = _text(item, "id_string") or _text(item, "id")
        said = _text(item, "post_url") or _text(item, "url-with-slug") or _text(item, "url")
        if number is None and said is None:
            self._notes.skipped("a post without id and address", source=self._intake.source.name)
            return
        plain = _text(item, "url") if "url-with-slug" in item else None
        short = _NUMBERED.match(said or "")
        record = plain or (short[1] if short else said) or f"tumblr:{number}"
        unknown: list[str] = []
        title, body = self._body(item, unknown)
        for kind in dict.fromkeys(unknown):
            self._notes.altered(f"a block of the kind {kind!r}: only its words are kept", record=record)
        kind = _text(item, "type") or "text"
        yield Post(
            id=record,
            aliases=(f"tumblr:{number}",) if number is not None and record != f"tumblr:{number}" else (),
            url=said,
            slug=_text(item, "slug"),
            title=title,
            content=Content(value=body) if body else None,
            terms=tuple(Term(name=name, taxonomy="post_tag") for name in _texts(item.get("tags"))),
            published=self._moment(item, record),
            status="private" if item.get("private") in {True, "true"} else _STATES.get(_state(item), "private"),
            enclosures=tuple(_enclosures(item)),
            links=tuple(_sources(item)),
            extra={"tumblr": {"type": kind, **_kept(item)}},
        )
        yield from self._notes_of(item, record)

    def _moment(self, item: Answer, record: str) -> dt.datetime | None:
        stamp = item.get("timestamp", item.get("unix-timestamp"))
        gmt = _stamped(stamp)
        if gmt is not None:
            local = _text(item, "date") if "date-gmt" in item else None
            return _in_zone(gmt, local)
        said = _text(item, "date-gmt") or _text(item, "date")
        return self._intake.moment(said, "date", record) if said else None

    def _body(self, item: Answer, unknown: list[str]) -> tuple[str | None, str]:
        if isinstance(item.get("content"), list):
            return self._blocks(item, unknown)
        old = {
            name.partition("-")[2]: value for name, value in item.items() if name.startswith(f"{_text(item, 'type')}-")
        }
        kind = _text(item, "type") or "text"
        said = {**item, **{name: value for name, value in old.items() if value not in (None, "")}}
        trail = "" if _text(item, "body") or _text(item, "caption") else self._trail(item, unknown)
        title = _text(item, "regular-title") or _text(item, "conversation-title")
        if title is None and kind in {"text", "chat", "regular", "conversation"}:
            title = _text(item, "title")
        return title, trail + _legacy(kind, said)

    def _blocks(self, item: Answer, unknown: list[str]) -> tuple[str | None, str]:
        blocks = [one for one in item["content"] if isinstance(one, dict)]
        title = None
        if blocks and blocks[0].get("type") == "text" and blocks[0].get("subtype") == "heading1":
            title = _text(blocks.pop(0), "text")
        shift = 1 if title is not None else 0
        asked = list(npf.asks(item.get("layout")))
        of_ask = {place - shift for places, _ in asked for place in places}
        question = npf.render([one for place, one in enumerate(blocks) if place in of_ask], unknown)
        rest = npf.render([one for place, one in enumerate(blocks) if place not in of_ask], unknown)
        if question:
            who = next((name for _, name in asked if name), None) or "Anonymous"
            question = f"<blockquote><p>{html.escape(who, quote=False)} asked:</p>\n{question}</blockquote>\n"
        return title, self._trail(item, unknown) + question + rest

    def _trail(self, item: Answer, unknown: list[str]) -> str:
        """Give what was reblogged, each part under the name of who wrote it."""
        pieces = []
        trail = item.get("trail")
        for one in trail if isinstance(trail, list) else ():
            if not isinstance(one, dict) or one.get("is_current_item"):
                continue
            blog = one.get("blog") if isinstance(one.get("blog"), dict) else {}
            name = _text(blog, "name") or _text(one, "broken_blog_name") or "somebody"
            content = one.get("content")
            body = npf.render(content, unknown) if isinstance(content, list) else _text(one, "content_raw") or content
            if isinstance(body, str) and body.strip():
                pieces.append(f"<p>{npf.link(_text(blog, 'url'), name)}:</p>\n<blockquote>{body}</blockquote>\n")
        return "".join(pieces)

    def _notes_of(self, item: Answer, record: str) -> Iterator[Comment]:
        found = item.get("notes")
        for number, note in enumerate(found if isinstance(found, list) else ()):
            if not isinstance(note, dict):
                self._notes.skipped("a note that is not an object", source=self._intake.source.name, record=record)
                continue
            said = _text(note, "reply_text") or _text(note, "added_text") or _text(note, "answer_text")
            if said is None:  # a like, or a reblog without a word: counted in extra
                continue
            name, stamp = _text(note, "blog_name"), note.get("timestamp")
            own = _text(note, "post_id") or f"{name}-{stamp}-{number}"
            yield Comment(
                id=f"tumblr:note:{own}",
                post=record,
                author=Person(name=name, url=_text(note, "blog_url")) if name else None,
                content=Content(value=said, form="html" if "added_text" in note else "text"),
                published=_stamped(stamp),
                status="approved",
                kind="comment" if _text(note, "type") == "reply" else "reblog",
            )


def _legacy(kind: str, said: Answer) -> str:
    """Give the body of a post of the old types."""
    match kind:
        case "photo":
            return "\n".join([*_photos(said), _text(said, "caption") or ""]).strip()
        case "quote":
            source = _text(said, "source") or ""
            return f"<blockquote>{_text(said, 'text') or ''}</blockquote>{f'<p>{source}</p>' if source else ''}"
        case "link":
            called = _text(said, "title") or (_text(said, "text") if "link-text" in said else None)
            url = _text(said, "link-url") or _text(said, "url")
            return f"<p>{npf.link(url, called or url or '')}</p>{_text(said, 'description') or ''}"
        case "chat" | "conversation":
            lines = said.get("dialogue") or said.get("conversation")
            rows = [one for one in lines if isinstance(one, dict)] if isinstance(lines, list) else []
            shown = [
                f"<dt>{html.escape(_text(one, 'label') or _text(one, 'name') or '', quote=False)}</dt>"
                f"<dd>{html.escape(_text(one, 'phrase') or '', quote=False)}</dd>"
                for one in rows
            ]
            return f"<dl>{''.join(shown)}</dl>" if shown else _text(said, "body") or ""
        case "answer":
            asker = npf.link(_text(said, "asking_url"), _text(said, "asking_name") or "Anonymous")
            question, answer = _text(said, "question") or "", _text(said, "answer") or ""
            return f"<blockquote><p>{asker} asked:</p>\n<p>{question}</p></blockquote>\n{answer}"
        case "audio" | "video":
            player = said.get("player")
            if isinstance(player, list):  # of several widths
                codes = [one.get("embed_code") for one in player if isinstance(one, dict)]
                player = next((code for code in reversed(codes) if isinstance(code, str)), None)
            file = _text(said, "video-source")
            embedded = player if isinstance(player, str) else npf.link(file, file) if file else ""
            return f"{embedded}\n{_text(said, 'caption') or ''}".strip()
        case _:
            return _text(said, "body") or ""


def _photos(said: Answer) -> Iterator[str]:
    """Yield the pictures of a post, in their largest size: one, or a set of them."""
    photos = said.get("photos")
    found = [one for one in photos if isinstance(one, dict)] if isinstance(photos, list) else []
    for one in found or [said]:
        original = one.get("original_size")
        url = _text(original, "url") if isinstance(original, dict) else None
        sizes = one.get("alt_sizes")
        if url is None and isinstance(sizes, list):
            url = next((_text(size, "url") for size in sizes if isinstance(size, dict)), None)
        url = url or next(filter(None, (_text(one, f"photo-url-{width}") for width in _WIDTHS)), None)
        if url:
            yield npf.image(url, "", (_text(one, "caption") or "") if found else "")


def _enclosures(item: Answer) -> Iterator[Enclosure]:
    for name, kind in (("audio_url", "audio/mpeg"), ("video_url", "video/mp4")):
        url = _text(item, name)
        if url:
            yield Enclosure(url=url, type=kind)


def _sources(item: Answer) -> Iterator[Link]:
    """Yield where a reblog is from."""
    for name in ("reblogged_from_url", "reblogged_root_url", "reblogged-from-url", "reblogged-root-url"):
        url = _text(item, name)
        if url:
            yield Link(href=url, rel="via", title=_text(item, name.replace("url", "name")))


def _kept(item: Answer) -> Answer:
    rest = {name: value for name, value in item.items() if name not in _SAID and value not in (None, "", [], {}, False)}
    return {name: value for name, value in rest.items() if not name.startswith(("photo-url-", "reblogged"))}


def _state(item: Answer) -> str:
    return _text(item, "state") or "published"


def _stamped(stamp: Any) -> dt.datetime | None:  # noqa: ANN401 — JSON
    """Read seconds since 1970; None for what is none."""
    if isinstance(stamp, bool) or not isinstance(stamp, (int, float)) or not 0 <= stamp < 1 << 35:
        return None
    return dt.datetime.fromtimestamp(stamp, dt.UTC)


def _in_zone(gmt: dt.datetime, local: str | None) -> dt.datetime:
    """Put a moment in the zone in which ``local``, such as "Sat, 06 Jul 2013 13:27:23", is the same moment."""
    if local is None:
        return gmt
    try:
        naive = dt.datetime.strptime(local, "%a, %d %b %Y %H:%M:%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return gmt
    gap = naive - gmt
    if abs(gap) > dt.timedelta(hours=15) or gap.seconds % 900:
        return gmt
    return gmt.astimezone(dt.timezone(gap) if gap else dt.UTC)


def _text(item: Any, name: str) -> str | None:  # noqa: ANN401 — JSON
    value = item.get(name) if isinstance(item, dict) else None
    if isinstance(value, bool):
        return None
    if isinstance(value, (str, int)):
        return str(value).strip() or None
    return None


def _texts(value: Any) -> list[str]:  # noqa: ANN401 — JSON
    found = [one.strip() for one in value if isinstance(one, str)] if isinstance(value, list) else []
    return list(dict.fromkeys(one for one in found if one))
