"""Objects of ActivityStreams 2.0 (https://www.w3.org/TR/activitystreams-vocabulary/): what one says, field by field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from feedkeep.content.review import from_json_ld
from feedkeep.models import Content, Enclosure, Link, Media, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Review

Visibility = Literal["public", "unlisted", "followers", "direct"]

PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
CONTENT = frozenset({"Note", "Article", "Page", "Question", "Image", "Video", "Audio", "Event", "Document"})
COLLECTIONS = frozenset({"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"})

_TAGS = frozenset({"Hashtag", "Mention", "Link"})
_DURATION = re.compile(
    r"PT(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?"
)  # section 4.1, as far as files have one
# What this module and activity_records.py have taken from an object; all else goes to ``extra``.
_READ = frozenset(
    {
        *("@context", "id", "type", "name", "summary", "content", "contentMap", "published", "updated", "url"),
        *("attributedTo", "attachment", "tag", "mediaType", "to", "cc", "inReplyTo", "replies", "atomUri"),
    }
)


def kind_of(held: dict[str, Any]) -> str:
    """Give an object's type; of several, the first that is of the vocabulary."""
    found = held.get("type", held.get("@type"))
    names = [name for name in found if isinstance(name, str)] if isinstance(found, list) else [found]
    known = [name for name in names if name in CONTENT]
    return str((known or names or [""])[0] or "")


def many(value: Any) -> list[Any]:  # noqa: ANN401
    """Give what may be one, several or none as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def text(held: dict[str, Any], key: str) -> str | None:
    """Give a text that says something, from the property itself or from the first language of its map."""
    value = held.get(key)
    if not isinstance(value, str):
        value = next(iter(_by_language(held, key).values()), None)
    return value if isinstance(value, str) and value else None


def language(held: dict[str, Any]) -> str | None:
    """Tell the language of the content, where it is there in one language alone."""
    found = list(_by_language(held, "content"))
    return found[0] if len(found) == 1 and found[0] not in {"", "und"} else None


def reference(value: Any) -> str | None:  # noqa: ANN401
    """Give the id of what is named by its id or told in full."""
    if isinstance(value, dict):
        value = value.get("id", value.get("href"))
    return value if isinstance(value, str) and value else None


def visibility(*told: dict[str, Any]) -> Visibility | None:
    """Tell who may see an object, from what it, else its activity, is addressed to; None where neither says."""
    held = next((one for one in told if "to" in one or "cc" in one), None)
    if held is None:
        return None
    to, cc = (list(map(reference, many(held.get(key)))) for key in ("to", "cc"))
    if not PUBLIC.isdisjoint(to):
        return "public"
    if not PUBLIC.isdisjoint(cc):
        return "unlisted"
    return "followers" if any(name and name.endswith("/followers") for name in (*to, *cc)) else "direct"


def address(held: dict[str, Any]) -> tuple[str | None, tuple[Link, ...]]:
    """Give the address of an object's page, and its other links."""
    pages: list[str] = []
    others: list[Link] = []
    for value in many(held.get("url")):
        href = reference(value)
        if href is None:
            continue
        media_type = value.get("mediaType") if isinstance(value, dict) else None
        if media_type is None or (isinstance(media_type, str) and "html" in media_type):
            pages.append(href)
        else:
            others.append(Link(href=href, rel="alternate", type=str(media_type)))
    links = [*others, *(Link(href=href, rel="alternate") for href in pages[1:])]
    return (pages[0] if pages else None), tuple(links)


def body(held: dict[str, Any]) -> Content | None:
    """Give the content, HTML where it does not say otherwise."""
    said = text(held, "content")
    if said is None:
        return None
    media_type = held.get("mediaType")
    if media_type == "text/plain":
        return Content(value=said, form="text")
    return Content(value=said, form="markdown" if media_type == "text/markdown" else "html")


def picture(held: dict[str, Any], key: str) -> str | None:
    """Give the address of an actor's or object's picture, where it has one."""
    found = next((reference(_url(one)) for one in many(held.get(key))), None)
    return found if found and "://" in found else None


def reviews(held: dict[str, Any]) -> tuple[Review, ...]:
    """Give the reviews that our own collections carry, in schema.org's words."""
    found = (from_json_ld(one) for one in many(held.get("schema:review")) if isinstance(one, dict))
    return tuple(one for one in found if one is not None)


def terms(held: dict[str, Any]) -> tuple[Term, ...]:
    """Give the hashtags."""
    found: dict[str, Term] = {}
    for tag in many(held.get("tag")):
        if isinstance(tag, dict) and kind_of(tag) == "Hashtag":
            name = (text(tag, "name") or "").removeprefix("#").strip()
            if name:
                found.setdefault(name.casefold(), Term(name=name, taxonomy="post_tag"))
    return tuple(found.values())


def links(held: dict[str, Any]) -> Iterator[Link]:
    """Yield those who are mentioned, and what else an object links to."""
    for tag in many(held.get("tag")):
        if isinstance(tag, dict) and kind_of(tag) in {"Mention", "Link"}:
            href = reference(tag)
            if href is not None:
                rel = "mention" if kind_of(tag) == "Mention" else _word(next(iter(many(tag.get("rel"))), None))
                kind, spoken = _word(tag.get("mediaType")), _word(tag.get("hreflang"))
                yield Link(href=href, rel=rel, type=kind, hreflang=spoken, title=text(tag, "name"))


def media(held: dict[str, Any], record_id: str, post: str | None, made: Any) -> Iterator[Media]:  # noqa: ANN401
    """Yield the files attached to an object; ``made`` makes the id of each from the object's and its address."""
    return (one for one, _ in _files(held, record_id, post, made))


def _files(
    held: dict[str, Any],
    record_id: str,
    post: str | None,
    made: Any,  # noqa: ANN401
) -> Iterator[tuple[Media, dict[str, Any]]]:
    for one in many(held.get("attachment")):
        if not isinstance(one, dict):
            one = {"url": one}  # noqa: PLW2901
        href = reference(_url(one))
        if href is None or kind_of(one) in {"PropertyValue", "Link"}:
            continue
        absolute = "://" in href
        media_type = one.get("mediaType")
        found = Media(
            id=href if absolute else made("media", record_id, href),
            url=href if absolute else None,
            path=None if absolute else href.lstrip("/"),
            post=post,
            alt=text(one, "name"),
            type=media_type if isinstance(media_type, str) else None,
        )
        yield found, one


def _seconds(duration: Any) -> float | None:  # noqa: ANN401
    found = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def enclosures(held: dict[str, Any]) -> Iterator[Enclosure]:
    """Yield the attached files that have an address."""
    for one, told in _files(held, "", None, lambda *_: ""):
        if one.url is not None:
            yield Enclosure(url=one.url, type=one.type, title=one.alt, duration=_seconds(told.get("duration")))


def kept(held: dict[str, Any], seen: Visibility | None) -> dict[str, Any]:
    """Give what has no field: polls, emoji, who may see it, properties of other vocabularies."""
    rest = {key: value for key, value in held.items() if key not in _READ and value is not None}
    others = [tag for tag in many(held.get("tag")) if not isinstance(tag, dict) or kind_of(tag) not in _TAGS]
    if others:
        rest["tag"] = others
    details = [
        {
            key: value
            for key, value in one.items()
            if key not in {"type", "mediaType", "url", "name"}
            and value
            and (key != "duration" or _seconds(value) is None)
        }
        for one in many(held.get("attachment"))
        if isinstance(one, dict)
    ]
    if any(details):
        rest["attachment"] = details
    if len(_by_language(held, "content")) > 1:
        rest["contentMap"] = held["contentMap"]
    if seen not in {None, "public"}:
        rest |= {key: held[key] for key in ("to", "cc") if key in held}
        rest["visibility"] = seen
    return rest


def _by_language(held: dict[str, Any], key: str) -> dict[str, Any]:
    value = held.get(f"{key}Map")
    return value if isinstance(value, dict) else {}


def _word(value: Any) -> str | None:  # noqa: ANN401
    return value if isinstance(value, str) and value else None


def _url(one: Any) -> Any:  # noqa: ANN401
    if not isinstance(one, dict):
        return one
    found = many(one.get("url", one.get("href")))
    return found[0] if found else None
