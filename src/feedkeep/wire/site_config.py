"""What the settings of static site generators say of a blog: its address, title, patterns, taxonomies, authors.

https://gohugo.io/configuration/, https://jekyllrb.com/docs/configuration/,
https://docs.getpelican.com/en/latest/settings.html, https://www.11ty.dev/docs/config/.
"""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.errors import FormatError
from feedkeep.wire import data_languages, front_matter
from feedkeep.wire.static_site import DATA, FORMS, SITE_DATA, Generator, is_config, is_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from feedkeep.source import Source

_INPUT = re.compile(r"""\binput\s*:\s*["']\.?/?([\w./-]{1,200}?)/?["']""")


class Default(msgspec.Struct, frozen=True):
    """Fields of all posts below a folder: Jekyll's front matter defaults, Hugo's cascade."""

    folder: str
    kind: str | None  # of Jekyll: "posts", "pages", "drafts", or a collection
    fields: dict[str, Any]


class Blog(msgspec.Struct, kw_only=True):
    """What a tree says of itself."""

    generator: Generator
    config: dict[str, Any] = {}  # keys in lower case
    content: str = ""  # folder of the posts, below the root; "" for the root
    base: str | None = None  # address of the site, with the path that it lives below, without a slash at its end
    title: str | None = None
    description: str | None = None
    language: str | None = None
    languages: frozenset[str] = frozenset()
    zone: str | None = None
    patterns: dict[str, str] = {}  # permalink patterns, by section or kind; "" for all posts
    taxonomies: dict[str, str] = {}  # key in the front matter → taxonomy
    authors: dict[str, dict[str, Any]] = {}  # by the key that posts name them by
    defaults: list[Default] = []  # what posts say where they do not say it themselves, the nearest last


def read(generator: Generator, members: dict[PurePosixPath, Source], failed: Callable[[Source, str], None]) -> Blog:
    """Read the configuration; ``failed`` hears of files that cannot be read."""
    config: dict[str, Any] = {}
    for path, member in members.items():
        if is_config(path) and path.suffix in DATA and path.name != "package.json":
            value = loaded(member, path, failed)
            if isinstance(value, dict):
                if path.parts[:1] == ("config",) and path.stem not in {"hugo", "config"}:
                    value = {path.stem: value}
                config |= {key.lower(): held for key, held in value.items()}
        elif path == PurePosixPath("pelicanconf.py"):
            config |= _python(_told(member, failed))
    blog = Blog(generator=generator, config=config)
    for path, member in members.items():
        if path.stem == "authors" and is_data(path):
            value = loaded(member, path, failed)
            told = value if isinstance(value, dict) else {}
            blog.authors = {key: held for key, held in told.items() if isinstance(held, dict)}
    _SETTERS[generator](blog, members, failed)
    return blog


def content_folder(generator: Generator, members: Iterable[PurePosixPath], config: dict[str, Any]) -> str:
    """Give the folder that posts lie in, below the root."""
    if generator == "pelican":
        return str(config.get("path") or "content").strip("/")
    if generator != "hugo":
        return ""
    stated = config.get("contentdir")
    if isinstance(stated, str) and stated.strip("/"):
        return stated.strip("/")
    return "content" if any(path.parts[:1] == ("content",) for path in members) else ""


def loaded(member: Source, path: PurePosixPath, failed: Callable[[Source, str], None]) -> Any:  # noqa: ANN401
    """Read a data file; None, and word to ``failed``, where it is none."""
    try:
        return data_languages.data(_text(member), path.suffix.lower())
    except (data_languages.UnreadableError, FormatError) as error:
        failed(member, f"{path.name} cannot be read: {error}")
        return None


def _text(member: Source) -> str:
    with member.open() as stream:  # a damaged pack raises FormatError
        return stream.read(data_languages.LIST_SIZE + 1).decode("utf-8-sig", "replace")


def _told(member: Source, failed: Callable[[Source, str], None]) -> str:
    try:
        return _text(member)
    except FormatError as error:
        failed(member, error.reason)
        return ""


def _python(text: str) -> dict[str, Any]:
    """Take the plain assignments of a program, in lower case."""
    found: dict[str, Any] = {}
    try:
        body = ast.parse(text[: 1 << 20]).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    for line in body:
        if isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name):
            try:
                found[line.targets[0].id.lower()] = data_languages.plain(ast.literal_eval(line.value))
            except (ValueError, TypeError, RecursionError, MemoryError):
                continue
    return found


def defaults_for(blog: Blog, path: PurePosixPath, kind: str) -> dict[str, Any]:
    """Give what a document says by the settings of its folder; ``kind`` is as Jekyll calls it."""
    found: dict[str, Any] = {}
    for one in blog.defaults:
        if one.kind in {None, kind} and (not one.folder or path.is_relative_to(one.folder)):
            found |= one.fields
    return found


def _hugo(blog: Blog, members: dict[PurePosixPath, Source], failed: Callable[[Source, str], None]) -> None:
    config = blog.config
    blog.content = content_folder("hugo", members, config)
    blog.base = _address(config.get("baseurl"))
    params = _lower(config.get("params"))
    blog.title = _said(config.get("title"))
    blog.description = _said(params.get("description")) or _said(params.get("subtitle"))
    blog.language = _said(config.get("languagecode")) or _said(config.get("defaultcontentlanguage"))
    blog.languages = frozenset(_lower(config.get("languages")))
    blog.zone = _said(config.get("timezone"))
    patterns = _lower(config.get("permalinks"))
    nested = _lower(patterns.get("page"))
    blog.patterns = {key: value for key, value in (patterns | nested).items() if isinstance(value, str)}
    told = config.get("taxonomies")
    named = {str(many): str(many) for many in told.values()} if isinstance(told, dict) else {}
    blog.taxonomies = {key: value for key, value in named.items() if key not in {"tags", "categories"}}
    _site_author(blog, params.get("author") or config.get("author"))
    if isinstance(config.get("cascade"), dict):
        blog.defaults.append(Default("", None, config["cascade"]))
    for path, member in sorted(members.items(), key=lambda pair: len(pair[0].parts)):
        if path.stem.partition(".")[0] == "_index" and path.suffix.lower() in FORMS:
            cascade = front_matter.parted(_told(member, failed)).fields.get("cascade")
            several = cascade if isinstance(cascade, list) else [cascade]
            for one in several:
                if isinstance(one, dict) and not {"_target", "target"} & one.keys():
                    blog.defaults.append(Default(str(path.parent), None, one))


def _jekyll(blog: Blog, _members: dict[PurePosixPath, Source], _failed: Callable[[Source, str], None]) -> None:
    config = blog.config
    base = _address(config.get("url"))
    below = _said(config.get("baseurl")) or _said(config.get("root")) or ""
    blog.base = None if base is None else f"{base}/{below.strip('/')}".rstrip("/")
    blog.title, blog.description = _said(config.get("title")), _said(config.get("description"))
    blog.language = _said(config.get("lang")) or _said(config.get("locale")) or _said(config.get("language"))
    blog.zone = _said(config.get("timezone"))
    if isinstance(config.get("permalink"), str):
        blog.patterns[""] = config["permalink"]
    for name, told in _lower(config.get("collections")).items():
        if isinstance(told, dict) and isinstance(told.get("permalink"), str):
            blog.patterns[name] = told["permalink"]
        elif isinstance(told, dict) and told.get("output") is True:
            blog.patterns.setdefault(name, "/:collection/:path:output_ext")
    told = config.get("defaults")
    for one in told if isinstance(told, list) else ():
        scope, values = _lower(one).get("scope"), _lower(one).get("values")
        if isinstance(scope, dict) and isinstance(values, dict):
            blog.defaults.append(Default((_said(scope.get("path")) or "").strip("/"), _said(scope.get("type")), values))
    blog.defaults.sort(key=lambda one: (len(one.folder), one.kind is not None))
    _site_author(blog, config.get("author"))


def _pelican(blog: Blog, members: dict[PurePosixPath, Source], _failed: Callable[[Source, str], None]) -> None:
    config = blog.config
    blog.content = content_folder("pelican", members, config)
    blog.base = _address(config.get("siteurl"))
    blog.title, blog.description = _said(config.get("sitename")), _said(config.get("sitesubtitle"))
    blog.language, blog.zone = _said(config.get("default_lang")), _said(config.get("timezone"))
    for kind, default in (("article", "{slug}.html"), ("page", "pages/{slug}.html")):
        blog.patterns[kind] = _said(config.get(f"{kind}_url")) or default
    _site_author(blog, config.get("author"))


def _eleventy(blog: Blog, members: dict[PurePosixPath, Source], failed: Callable[[Source, str], None]) -> None:
    for path, member in members.items():
        if is_config(path) and path.suffix not in DATA:
            found = _INPUT.search(_told(member, failed))
            blog.content = found[1] if found else blog.content
        elif path.stem in SITE_DATA and is_data(path):
            value = _lower(loaded(member, path, failed))
            blog.base = blog.base or _address(value.get("url")) or _address(value.get("baseurl"))
            blog.title = blog.title or _said(value.get("title")) or _said(value.get("name"))
            blog.description = blog.description or _said(value.get("description"))
            blog.language = blog.language or _said(value.get("language")) or _said(value.get("lang"))
            blog.config |= value
            _site_author(blog, value.get("author"))


def _plain(_blog: Blog, _members: dict[PurePosixPath, Source], _failed: Callable[[Source, str], None]) -> None:
    return


def _site_author(blog: Blog, told: Any) -> None:  # noqa: ANN401
    if isinstance(told, str) and told.strip():
        blog.authors.setdefault("", blog.authors.get(told) or {"name": told.strip()})
    elif isinstance(told, dict):
        blog.authors.setdefault("", told)


def _said(value: Any) -> str | None:  # noqa: ANN401
    return value.strip() or None if isinstance(value, str) else None


def _address(value: Any) -> str | None:  # noqa: ANN401
    found = _said(value)
    return found.rstrip("/") if found is not None and re.match(r"https?://[^/\s]", found) else None


def _lower(value: Any) -> dict[str, Any]:  # noqa: ANN401
    return {key.lower(): held for key, held in value.items()} if isinstance(value, dict) else {}


_SETTERS: dict[Generator, Callable[[Blog, dict[PurePosixPath, Source], Callable[[Source, str], None]], None]] = {
    "hugo": _hugo,
    "jekyll": _jekyll,
    "pelican": _pelican,
    "eleventy": _eleventy,
    "plain": _plain,
}
