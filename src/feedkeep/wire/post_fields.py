"""What the fields of front matter say of a post, under the names that generators and their themes use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from feedkeep.models import Content, Person, Term
from feedkeep.wire.permalinks import slugified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from feedkeep.wire.site_config import Blog

    Fail = Callable[[str], None]

_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0", "never"})
_HIDDEN = ("private", "hidden", "unlisted", "headless")
_MAIL = re.compile(r"[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+")
_NAMED_MAIL = re.compile(r"\s*([^<>]*?)\s*<([^<>\s]+@[^<>\s]+)>\s*")


class Fields:
    """Front matter by name, whatever its case; remembers which fields were asked for."""

    def __init__(self, held: Mapping[str, Any], fail: Fail) -> None:
        self._held = held
        self._names = {name.lower(): name for name in held}
        self._asked: set[str] = set()
        self._fail = fail

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a field of that name."""
        return name in self._names

    def raw(self, name: str) -> Any:  # noqa: ANN401
        """Give a value as it stands."""
        return self._held.get(self._names.get(name, name))

    def take(self, *names: str) -> Any:  # noqa: ANN401
        """Give the first of these fields that says something."""
        for name in names:
            value = self.raw(name)
            if value is not None and value not in ("", [], {}):
                self._asked.add(self._names[name])
                return value
        return None

    def text(self, *names: str) -> str | None:
        """Give the first of these fields that is a text; numbers become texts."""
        for name in names:
            value = self.raw(name)
            if isinstance(value, bool) and name == "title":
                value = str(value).lower()
            if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
                self._asked.add(self._names[name])
                return str(value).strip()
        return None

    def texts(self, *names: str) -> list[str]:
        """Give the texts of all these fields, each one or a list."""
        found: list[str] = []
        for name in names:
            value = self.raw(name)
            several = value if isinstance(value, list) else [value]
            if value is not None and all(isinstance(one, str) for one in several):
                self._asked.add(self._names[name])
                found += [one.strip() for one in several if one.strip()]
        return found

    def flag(self, name: str) -> bool | None:
        """Give a truth value; "yes" and "no" count."""
        value = self.raw(name)
        found = value if isinstance(value, bool) else None
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            word = str(value).strip().lower()
            found = True if word in _YES else False if word in _NO else None
        if found is not None:
            self._asked.add(self._names[name])
        return found

    def whole(self, *names: str) -> int | None:
        """Give a whole number."""
        for name in names:
            value = self.raw(name)
            if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value.strip()):
                value = int(value)
            if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 53:
                self._asked.add(self._names[name])
                return value
        return None

    def rest(self) -> dict[str, Any]:
        """Give what was never asked for."""
        return {name: value for name, value in self._held.items() if name not in self._asked}

    def failed(self, what: str) -> None:
        """Note what is not as it should be."""
        self._fail(what)

    def wrong(self, name: str, wanted: str) -> None:
        """Note that a field is not what it should be; it is kept aside."""
        self._fail(f"{name} is not {wanted}: kept aside")


def terms(fields: Fields, blog: Blog, split: str | None) -> Iterator[Term]:
    """Yield categories, tags, and the terms of the blog's own taxonomies; ``split`` parts a text of several."""
    named = {"category": "category", "categories": "category", "tag": "post_tag", "tags": "post_tag"}
    seen: set[tuple[str, str]] = set()
    for key, taxonomy in {**named, **blog.taxonomies}.items():
        value = fields.take(key.lower())
        if value is None:
            continue
        several = [value]
        if isinstance(value, str) and ";" in value and split == r"[,;]\s*" and key != "category":
            several = [one for one in value.split(";") if one.strip()]  # as Pelican does: commas part nothing then
        elif isinstance(value, str) and split is not None and key != "category":
            several = [one for one in re.split(split, value) if one.strip()]
        elif isinstance(value, str) and split == r"[,;]":
            several = [value]
        nested = list(_nested(several))
        layered = any(parent for _, parent in nested)
        for name, parent in nested:
            if (taxonomy, name) not in seen:
                seen.add((taxonomy, name))
                slug = slugified(name) if layered else None
                yield Term(name=name, taxonomy=taxonomy, slug=slug, parent=parent and slugified(parent))


def _nested(value: list[Any]) -> Iterator[tuple[str, str | None]]:
    """Yield names and the parents of each, of lists within lists and objects of children."""
    stack: list[tuple[Any, str | None]] = [(one, None) for one in reversed(value)]
    while stack:
        one, parent = stack.pop()
        if isinstance(one, list):
            stack += [(inner, parent) for inner in reversed(one)]
        elif isinstance(one, dict):
            told = one.get("name", one.get("title"))
            if isinstance(told, str) and told.strip():
                yield told.strip(), parent
            else:
                for key, inner in reversed(one.items()):
                    stack.append((inner, key))
                    stack.append((key, parent))
        elif isinstance(one, (str, int, float)) and not isinstance(one, bool) and str(one).strip():
            yield str(one).strip(), parent


def people(fields: Fields, blog: Blog, *, several: bool) -> tuple[Person, ...]:
    """Give the authors: names, objects, or keys of the site's list; ``several``: a text may name more than one."""
    value = fields.take("authors", "author")
    if isinstance(value, str) and (several or blog.generator == "pelican"):
        value = [one.strip() for one in re.split(";" if ";" in value else ",", value)]
    listed = value if isinstance(value, list) else [value]
    found = (person(one, blog.authors) for one in listed)
    return tuple(one for one in found if one is not None)


def person(told: Any, known: Mapping[str, dict[str, Any]]) -> Person | None:  # noqa: ANN401
    """Read an author."""
    key = None
    if isinstance(told, str) and told.strip():
        key = told.strip()
        if key not in known:
            named = _NAMED_MAIL.fullmatch(told)
            return Person(name=named[1] or None, email=named[2]) if named else Person(name=key)
        told = known[key]
    if not isinstance(told, dict):
        return None

    def text(*names: str) -> str | None:
        return next((held for name in names if isinstance(held := told.get(name), str) and held), None)

    mail = text("email", "mail")
    used = {"name", "display_name", "email", "mail", "url", "uri", "web", "website", "homepage", "link", "avatar"}
    rest = {name: held for name, held in told.items() if name not in used}
    found = Person(
        id=key,
        name=text("name", "display_name") or key,
        email=mail if mail and _MAIL.fullmatch(mail) else None,
        url=text("url", "uri", "web", "website", "homepage", "link"),
        avatar=text("avatar"),
        extra={"markdown": rest} if rest else {},
    )
    return found if found != Person() else None


def summary(fields: Fields, form: Any) -> Content | None:  # noqa: ANN401 — a form, that of the body
    """Give the summary: what is meant to be shown first, else the description for search engines."""
    for name in ("summary", "excerpt"):
        said = fields.text(name)
        if said is not None:
            return Content(value=said, form=form)
    said = fields.text("description")
    return None if said is None else Content(value=said, form="text")


def image(fields: Fields) -> str | None:
    """Give the address or path of the picture of a post."""
    for name in ("image", "featured_image", "featuredimage", "feature", "cover", "thumbnail", "banner", "images"):
        value = fields.raw(name)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, dict) and len(value) <= 1:
            value = next(iter(value.values()), None)
        if isinstance(value, str) and value.strip() and re.search(r"[/.]", value):
            fields.take(name)
            return value.strip()
    return None


def is_hidden(fields: Fields) -> bool:
    """Tell what its author does not want to be found: the words that themes have for it, and Hugo's build options."""
    for name in ("build", "_build"):
        told = fields.raw(name)
        if isinstance(told, dict) and ({told.get("list"), told.get("render")} & {"never", False}):
            return True
    stated = fields.raw("visibility")
    if isinstance(stated, str) and stated.lower() in {"private", "hidden", "unlisted", "password"}:
        return True
    return any(fields.raw(name) not in (None, "") and fields.flag(name) is not False for name in _HIDDEN)
