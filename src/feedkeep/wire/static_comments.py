"""Comments kept as files beside a static site: Staticman's entries (https://staticman.net/docs/), lists of data.

An entry lies in ``data/comments/<slug of its post>/``; a list is ``data/comments.yaml`` (or .json, .toml), whose
entries name their post, or lies in such a folder itself. E-mail addresses are mostly stored as MD5.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Person
from feedkeep.wire import kept_fields
from feedkeep.wire.kept_fields import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import PurePosixPath

    from feedkeep.models import CommentStatus
    from feedkeep.wire.intake import Intake

_STATUS: dict[str, CommentStatus] = {
    **dict.fromkeys(("approved", "approve", "1", "true", "published", "publish", "visible"), "approved"),
    **dict.fromkeys(("spam",), "spam"),
    **dict.fromkeys(("trash", "trashed"), "trashed"),
    **dict.fromkeys(("deleted", "removed"), "deleted"),
}
_TEXT = ("message", "content", "body", "comment", "text")
_DATE = ("date", "published", "created_at", "created", "timestamp", "time")
_ID = ("_id", "id", "uuid", "comment_id")
_REPLY = ("parent_id", "parentid", "reply_to", "replyto", "replying_to_uid", "replyingtouid", "reply_id", "parent")
_ORDINAL = ("replying_to", "replyingto", "reply_thread", "replythread")
_POST = ("post_url", "post_id", "post_slug", "post", "page", "path", "slug", "postid", "_parent", "page_id", "options")
_INNER = ("replies", "children", "comments")
_NAME = ("author_name", "name", "author", "nickname", "user")
_MAIL = ("author_email", "email", "mail")
_SITE = ("author_url", "url", "website", "site", "link")
_IP = ("author_ip", "ip", "ip_address")
_USED = frozenset({*_TEXT, *_DATE, *_ID, *_INNER, *_NAME, *_MAIL, *_SITE, *_IP, "status", "approved", "avatar"})
_OURS = frozenset({KEY, "form", "shown", "type", *_REPLY, *_POST})  # words of our own exporters
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")


class Known(NamedTuple):
    """A post that comments may be about."""

    id: str
    url: str | None


class _Entry(NamedTuple):
    held: dict[str, Any]
    within: str | None  # the place of the entry that it was found in
    place: str  # where it stands: its file, and its number there
    post: Known | None
    named: str  # what the source says its post is


def read(
    files: Iterable[tuple[PurePosixPath, Any]], posts: dict[str, Known], intake: Intake, base: str | None
) -> Iterator[Comment]:
    """Yield the comments of data files, each with its path below the site's root.

    ``posts`` are those of the site by slug, path and address, each in the spelling of :func:`key`.
    """
    threads: dict[str, list[_Entry]] = {}
    for path, value in files:
        folder = _folder(path)
        for entry in _entries(value, str(path), folder, posts):
            threads.setdefault(entry.post.id if entry.post is not None else f"?{entry.named}", []).append(entry)
    for entries in threads.values():
        yield from _thread(entries, intake, base)


def key(text: str) -> str:
    """Give the spelling under which posts are found: the path of an address, without its end."""
    path = re.sub(r"^[a-z]+://[^/]+", "", text.strip().lower()).strip("/")
    return re.sub(r"(?:/index)?\.(?:html?|md|markdown)$|/index$", "", path)


def _folder(path: PurePosixPath) -> str:
    """Give what stands between the folder of comments and the file: the slug or the path of a post."""
    parts = list(path.parts)
    at = next((number for number, name in enumerate(parts) if name in {"comments", "staticman"}), len(parts) - 1)
    return "/".join(parts[at + 1 : -1]) or (path.stem if at + 1 < len(parts) else "")


def _entries(value: Any, place: str, folder: str, posts: dict[str, Known]) -> Iterator[_Entry]:  # noqa: ANN401
    stack: list[tuple[Any, str, str | None, str]] = [(value, place, None, folder)]
    while stack:
        one, where, within, named = stack.pop()
        if isinstance(one, list):
            stack += [(inner, f"{where}#{n}", within, named) for n, inner in reversed(list(enumerate(one, 1)))]
        elif isinstance(one, dict) and _first(one, _TEXT) is None and within is None and _is_index(one):
            stack += [(inner, f"{where}#{name}", None, str(name)) for name, inner in reversed(one.items())]
        elif isinstance(one, dict):
            post, said = _post(one, named, posts)
            yield _Entry(one, within, where, post, said)
            for name in _INNER:
                inner = one.get(name)
                if isinstance(inner, (list, dict)):
                    stack.append((inner, f"{where}/{name}", where, said))
        elif one is not None:
            yield _Entry({}, None, where, None, named)


def _is_index(held: dict[str, Any]) -> bool:
    return bool(held) and all(isinstance(inner, (list, dict)) for inner in held.values())


def _post(held: dict[str, Any], named: str, posts: dict[str, Known]) -> tuple[Known | None, str]:
    told = [str(value) for name in _POST if isinstance(value := held.get(name), (str, int)) and str(value).strip()]
    for said in (*told, named):
        found = posts.get(f"#{said}") or posts.get(key(said))
        if found is not None:
            return found, said
    return None, (told[0] if told and not named else named)


def _thread(entries: list[_Entry], intake: Intake, base: str | None) -> Iterator[Comment]:
    """Read the comments of one post; replies name what they answer by id, or by its number among those of the post."""
    ids = {entry.place: _id(entry) for entry in entries}
    by_own: dict[str, str] = {}
    for entry in entries:
        stated = _first(entry.held, _ID)
        if stated is not None:
            by_own.setdefault(stated, ids[entry.place])
    roots = [entry for entry in entries if entry.within is None and _answered(entry, by_own) is None]
    roots = [entry for entry in roots if (_first(entry.held, _ORDINAL) or "0") == "0"]
    dates = {entry.place: intake.silent(_when(entry.held) or "") for entry in roots}
    moments = {place: moment.timestamp() for place, moment in dates.items() if moment is not None}
    dated = sorted(roots, key=lambda entry: moments.get(entry.place, math.inf))
    for entry in entries:
        if not entry.held:
            intake.notes.skipped("a comment that is no object", source=intake.source.name, record=entry.place)
            continue
        parent = _answered(entry, by_own) or (ids.get(entry.within) if entry.within is not None else None)
        ordinal = _first(entry.held, _ORDINAL)
        if parent is None and ordinal is not None and ordinal.isdecimal() and 0 < int(ordinal[:9]) <= len(dated):
            parent = ids[dated[int(ordinal[:9]) - 1].place]
        yield _comment(entry, ids[entry.place], parent, intake, base)


def _comment(entry: _Entry, record_id: str, parent: str | None, intake: Intake, base: str | None) -> Comment:
    held = entry.held
    said = _first(held, _TEXT)
    when = _when(held)
    post, post_url = entry.post.id if entry.post is not None else None, None
    if post is None:
        post_url = entry.named if "://" in entry.named else f"{base}/{entry.named.strip('/')}/" if base else None
        what = f"a comment on {entry.named[:80]!r}, which is no post here"
        intake.notes.noticed(what, source=intake.source.name, record=record_id)
    used = _USED | _OURS if KEY in held else _USED
    rest = {name: value for name, value in held.items() if name.lower() not in used and value not in (None, "")}
    if post is None and entry.named:
        rest["on"] = entry.named
    made = Comment(
        id=record_id,
        post=post,
        post_url=post_url,
        parent=None if parent == record_id else parent,
        author=_author(held),
        content=None
        if said is None
        else Content(value=said, form="html" if held.get("form") == "html" else "markdown"),
        published=None if when is None else intake.moment(when, "date", record_id),
        status=_status(held),
        kind=_first(held, ("type", "kind")) or "comment",
        ip=_first(held, _IP),
        extra={"markdown": rest} if rest else {},
    )
    if KEY not in held:
        return made

    def failed(what: str) -> None:
        intake.notes.altered(what, source=intake.source.name, record=record_id)

    return kept_fields.restored(made, held[KEY], failed)


def _id(entry: _Entry) -> str:
    """Give a comment's id; a number is one of its post, as in the feeds of WordPress, where such lists come from."""
    stated = _first(entry.held, _ID)
    if stated is None:
        return made_id("comment", entry.place, _first(entry.held, _TEXT), _when(entry.held))
    if stated.isdecimal() and KEY not in entry.held:
        return f"{entry.post.id}#comment-{stated}" if entry.post is not None else f"markdown:{stated}"
    return stated


def _answered(entry: _Entry, by_own: dict[str, str]) -> str | None:
    for name in _REPLY:
        stated = _first(entry.held, (name,))
        if stated is not None and stated in by_own and stated != _first(entry.held, _ID):
            return by_own[stated]
    return None


def _author(held: dict[str, Any]) -> Person | None:
    inner: dict[str, Any] = next(
        (held[name] for name in held if name.lower() == "author" and isinstance(held[name], dict)), {}
    )
    told = {**held, **{f"author_{name}": value for name, value in inner.items()}}
    mail = _first(told, _MAIL)
    hashed = mail if mail and _HASH.fullmatch(mail) else None
    avatar = _first(told, ("author_avatar", "avatar"))
    found = Person(
        name=_first(told, _NAME),
        email=mail if mail and "@" in mail else None,
        url=_first(told, _SITE),
        avatar=avatar,
        extra={"markdown": {"email_hash": hashed}} if hashed else {},
    )
    return found if found != Person() else None


def _status(held: dict[str, Any]) -> CommentStatus:
    """Give the status; what is there, the site shows, unless it says anything else."""
    for name in ("status", "approved"):
        value = held.get(name)
        if value is not None and value != "":
            return _STATUS.get(str(value).lower(), "pending")
    if held.get("deleted") is True:
        return "deleted"
    return "approved"


def _when(held: dict[str, Any]) -> str | None:
    said = _first(held, _DATE)
    return said[:10] if said is not None and re.fullmatch(r"\d{13}", said) else said  # milliseconds


def _first(held: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """Give the first of the fields that says something."""
    for name in names:
        value = held.get(name)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip() if name not in _TEXT else str(value)
    return None
