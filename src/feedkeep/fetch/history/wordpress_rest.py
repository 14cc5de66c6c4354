"""WordPress's REST API: every public post, page, comment, picture, author and term, a hundred at a time.

https://developer.wordpress.org/rest-api/using-the-rest-api/pagination/ . Things are asked for by their numbers, oldest
first, so that what is published meanwhile moves no page; a later walk asks for the newest changes first and stops at
what it knows. Posts come before comments, which know their posts by number alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import msgspec

from feedkeep.fetch.history.plan import Question, Step, Strategy, status
from feedkeep.wire import wordpress_answers as answers
from feedkeep.wire import wxr_ids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.history.plan import Memory, Part

_INDEX = ("name", "description", "url", "home", "gmt_offset", "timezone_string", "namespaces", "site_icon_url")
_AT_ONCE = 100  # the API's own limit
_BASE = re.compile(r"[\w-]{1,60}")
_EMBED = {"posts": "author,wp:term,wp:featuredmedia", "terms": "up"}  # what is told by number otherwise
_PARTS: dict[str, Part] = {"posts": "posts", "pages": "pages", "comments": "comments"}
_MOST = 50  # custom types, and taxonomies
_DATED = frozenset({"posts", "media"})  # whose changes have a date


def begin(memory: Memory) -> tuple[Question, ...]:
    """Ask what the API is of."""
    if "wordpress" not in memory:
        return ()
    return (Question(url=_at(memory["wordpress"], "", _fields=",".join(_INDEX)), about="index"),)


def follow(question: Question, answer: Answer, memory: Memory) -> Step:
    """Go through the collections, page by page."""
    about, _, _ = question.about.partition(" ")
    found = _decoded(answer)
    if about == "index":
        return _index(answer, found, memory)
    if about in {"types", "taxonomies"}:
        return _kinds(about, found, memory)
    return _collection(question, answer, found, memory)


def _index(answer: Answer, found: Any, memory: Memory) -> Step:  # noqa: ANN401 — JSON
    if not isinstance(found, dict) or "wp/v2" not in (found.get("namespaces") or ()):
        why = status(answer) if not answer.is_whole else "no answer of the API"
        return Step(closed=f"the REST API is not open: {why}")
    kept = {name: found[name] for name in _INDEX if name in found}
    kept["namespaces"] = ["wp/v2"]
    root = memory["wordpress"]
    comments = _first(root, "comments", "comments", memory)
    return Step(
        next=(
            Question(url=_at(root, "wp/v2/taxonomies"), about="taxonomies"),
            _first(root, "users", "users", memory),
            Question(url=_at(root, "wp/v2/types"), about="types"),
            comments,
        ),
        remember={"index": msgspec.json.encode(kept, order="sorted").decode()},
    )


def _kinds(about: str, found: Any, memory: Memory) -> Step:  # noqa: ANN401
    """Name the collections of the site's own kinds; where it does not tell them, those of every site."""
    bases = ["categories", "tags"] if about == "taxonomies" else ["posts", "pages", "media"]
    for kind in list(found.values())[:_MOST] if isinstance(found, dict) and "code" not in found else ():
        base = kind.get("rest_base") if isinstance(kind, dict) else None
        slug = str(kind.get("slug", "")) if isinstance(kind, dict) else ""
        own = kind.get("rest_namespace", "wp/v2") if isinstance(kind, dict) else ""
        # menus, templates and the like are no part of what is read
        if isinstance(base, str) and _BASE.fullmatch(base) and own == "wp/v2" and not slug.startswith(("wp_", "nav_")):
            bases.append(base)
    kind = "terms" if about == "taxonomies" else "posts"
    root = memory["wordpress"]
    return Step(
        next=tuple(_first(root, "media" if base == "media" else kind, base, memory) for base in dict.fromkeys(bases))
    )


def _first(root: str, kind: str, base: str, memory: Memory) -> Question:
    """Ask for the first page of a collection: all of it, or what is new since the last walk."""
    said = {"per_page": str(_AT_ONCE), "page": "1"}
    if kind in _EMBED:
        said["_embed"] = _EMBED[kind]
    since = memory.get(f"newest {base}")
    if since is None:
        said |= {"orderby": "id", "order": "asc"}
    elif kind in _DATED:
        said |= {"orderby": "modified", "order": "desc", "modified_after": since}
    elif kind == "comments":
        said |= {"orderby": "date_gmt", "order": "desc", "after": since}
    return Question(url=_at(root, f"wp/v2/{base}", **said), about=f"{kind} {base} 1", since=since)


def _collection(question: Question, answer: Answer, found: Any, memory: Memory) -> Step:  # noqa: ANN401
    kind, base, page = question.about.split(" ")
    if not answer.is_whole or not isinstance(found, list):
        if answer.status == 400 and page != "1":  # past the end: something was deleted meanwhile
            return Step()
        why = status(answer) if not answer.is_whole else "no list"
        return Step(missed=why, spoils=frozenset({_PARTS[base]}) if base in _PARTS else frozenset())
    items = [item for item in found if isinstance(item, dict)]
    home = str(msgspec.json.decode(memory["index"]).get("home") or "").rstrip("/")
    remember = _newest(kind, base, items, memory) | (_names(items, home) if kind in _DATED else {})
    claims: dict[str, int] = {}
    total = _whole(answer.headers.first("x-wp-total"))
    if total is not None and question.since is None and kind in {"posts", "comments", "media"}:
        claims[base] = total
    known = _decided(items, {**memory, **remember})
    beside = (("index.json", memory["index"].encode()), *((("names.json", known),) if known else ()))
    more: tuple[Question, ...] = ()
    pages = _whole(answer.headers.first("x-wp-totalpages"))
    is_last = int(page) >= pages if pages is not None else len(items) < _AT_ONCE
    if items and not is_last and not _reaches(kind, items, question.since):
        url = question.url.replace(f"&page={page}", f"&page={int(page) + 1}")
        more = (Question(url=url, about=f"{kind} {base} {int(page) + 1}", since=question.since),)
    return Step(
        next=more,
        reads=bool(items),
        beside=beside,
        origin=_at(memory["wordpress"], ""),
        remember=remember,
        claims=claims,
    )


def _newest(kind: str, base: str, items: list[answers.Answer], memory: Memory) -> Memory:
    """Remember the newest change, from which the next walk goes on."""
    name = "date_gmt" if kind == "comments" else "modified_gmt"
    moments = [moment for item in items if isinstance(moment := item.get(name), str) and moment[:1] == "2"]
    held = memory.get(f"newest {base}")
    newest = max([*moments, *([held] if held else [])], default=None)
    return {} if newest is None or kind in {"terms", "users"} else {f"newest {base}": newest}


def _reaches(kind: str, items: list[answers.Answer], since: str | None) -> bool:
    """Tell whether a page of the newest changes comes to what is known, should the server not have left that out."""
    if since is None:
        return False
    name = "date_gmt" if kind == "comments" else "modified_gmt"
    return any(isinstance(item.get(name), str) and item[name] <= since for item in items)


def _names(items: Iterable[answers.Answer], home: str) -> Memory:
    """Remember the ids of posts and media that their numbers do not tell."""
    found: Memory = {}
    for item in items:
        number, guid = answers.number(item, "id"), answers.rendered(item, "guid")
        if number is not None and guid is not None and guid != wxr_ids.default_guid(home, number):
            found[f"post {number}"] = guid
    return found


def _decided(items: list[answers.Answer], memory: Memory) -> bytes | None:
    """Say, as the API itself would, which ids the posts have that the items refer to."""
    here = {answers.number(item, "id") for item in items if "content" in item and "post" not in item}
    wanted = {answers.number(item, name) for item in items for name in ("post", "parent")}
    numbers = sorted(number for number in wanted - here if number is not None and f"post {number}" in memory)
    told = [
        {
            "id": int(number),
            "guid": {"rendered": memory[f"post {number}"]},
            "_links": {"self": [{"href": _at(memory["wordpress"], f"wp/v2/posts/{number}")}]},
        }
        for number in numbers
    ]
    return msgspec.json.encode(told) if told else None


def _at(root: str, path: str, **said: str) -> str:
    """Give the address of a route, whichever of its two forms the API's root has."""
    query = "&".join(f"{name}={quote(value, safe=',:')}" for name, value in said.items())
    url = root + path
    if urlsplit(root).query:  # ?rest_route=/
        return f"{url}&{query}" if query else url
    return f"{url}?{query}" if query else url


def _decoded(answer: Answer) -> Any:  # noqa: ANN401
    try:
        return msgspec.json.decode(answer.body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, RecursionError):
        return None


def _whole(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


WORDPRESS_REST = Strategy(
    name="wordpress-rest",
    label="WordPress's REST API",
    covers=frozenset({"posts", "pages", "comments"}),
    begin=begin,
    follow=follow,
)
