"""Trees of static site generators: where their posts lie, what their configuration says, what to leave alone.

https://gohugo.io/configuration/, https://jekyllrb.com/docs/structure/, https://docs.getpelican.com/en/latest/settings.html,
https://www.11ty.dev/docs/config/.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from feedkeep.wire.kept_fields import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedkeep.source import Source

Generator = Literal["hugo", "jekyll", "pelican", "eleventy", "plain"]

FORMS: dict[str, Literal["markdown", "html", "text"]] = {
    **dict.fromkeys((".md", ".markdown", ".mkd", ".mdown", ".mdwn", ".mdx"), "markdown"),
    **dict.fromkeys((".html", ".htm", ".njk", ".liquid"), "html"),
    **dict.fromkeys((".rst", ".adoc", ".asciidoc", ".asc", ".org", ".textile"), "text"),
}
MEDIA = re.compile(
    r"\.(jpe?g|png|gif|webp|avif|svg|bmp|tiff?|mp3|m4a|ogg|oga|opus|wav|flac|mp4|m4v|webm|mov|ogv|pdf)$", re.IGNORECASE
)
DATA = (".yml", ".yaml", ".json", ".toml")

_CONFIGS: dict[str, Generator] = {
    **{f"{name}{suffix}": "hugo" for name in ("hugo", "config") for suffix in DATA},
    **dict.fromkeys(("_config.yml", "_config.yaml", "_config.toml"), "jekyll"),
    "pelicanconf.py": "pelican",
    **dict.fromkeys((".eleventy.js", *(f"eleventy.config.{suffix}" for suffix in ("js", "mjs", "cjs"))), "eleventy"),
}
# What a generator made or was given by others, and templates, whose front matter is no post's.
_APART = frozenset(
    {
        *("node_modules", "themes", "vendor", "layouts", "archetypes", "resources", "bower_components", "exampleSite"),
        *("_site", "_includes", "_layouts", "_sass", "_plugins", "_cache", ".jekyll-cache", ".git", ".github"),
    }
)
_MADE: dict[str, frozenset[str]] = {
    "hugo": frozenset({"public"}),
    "jekyll": frozenset(),
    "pelican": frozenset({"output"}),
    "eleventy": frozenset({"dist"}),
    "plain": frozenset(),
}
_SITES = 20  # in one folder or zip
SITE_DATA = frozenset({"site", "metadata", "meta"})
_FRONT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:---(?:ya?ml|json|toml|js)?[ \t]*\r?\n[ \t]*(?:[\w\"'#{.-]|\r?\n|---)|\+\+\+)"
)
_TEMPLATE = re.compile(rb"^feedkeep: template\r?$", re.MULTILINE)  # a page that our own exporters bring along
_JSON = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*\{[ \t]*\r?\n?\s*\"[\w-]+\"\s*:")


def has_front_matter(head: bytes) -> bool:
    """Tell by the first bytes whether a file begins with front matter."""
    return _FRONT.match(head) is not None


def begins_with_json(head: bytes) -> bool:
    """Tell by the first bytes whether a file begins with an object on several lines."""
    return _JSON.match(head) is not None


def roots(
    members: dict[PurePosixPath, Source], is_post: Callable[[PurePosixPath, Source], bool]
) -> dict[PurePosixPath, Generator]:
    """Find the roots of sites by the names of files: those with settings first; none lies below another.

    A folder that is merely called "content" needs a post in it, by ``is_post``. Files with front matter that lie
    anywhere are one site, as are those of more sites than anybody has.
    """
    paths = [path for path in members if not _APART.intersection(path.parts)]
    folders = {folder for path in paths for folder in path.parents}
    found: dict[PurePosixPath, Generator] = {}

    def offer(root: PurePosixPath, generator: Generator) -> None:
        if root not in found and found.keys().isdisjoint(root.parents):
            found[root] = generator

    for path in sorted(paths, key=lambda path: (len(path.parts), path)):
        generator = _CONFIGS.get(path.name)
        if path.name.startswith("config.") and not {path.parent / "content", path.parent / "data"} & folders:
            generator = None
        if generator is not None:
            offer(path.parent, generator)
        elif path.parent.parts[-2:] == ("config", "_default") and path.stem in {"hugo", "config"}:
            offer(path.parent.parent.parent, "hugo")
    for folder in sorted(folders, key=lambda path: (len(path.parts), path)):
        if folder.name in {"_posts", "_drafts"}:
            offer(folder.parent, "jekyll")
    inside = [path for path in paths if "content" in path.parts[:-1] and path.suffix.lower() in FORMS]
    for path in sorted(inside, key=lambda path: (len(path.parts), path)):
        root = PurePosixPath(*path.parts[: path.parts.index("content")])
        if root not in found and found.keys().isdisjoint(root.parents) and is_post(path, members[path]):
            offer(root, "hugo")
    anywhere = not found and any(is_post(path, members[path]) for path in paths if path.suffix.lower() in FORMS)
    return {PurePosixPath(): "plain"} if anywhere or len(found) > _SITES else found


def wanted(generator: Generator, content: str, path: PurePosixPath, head: Callable[[], bytes]) -> bool:
    """Tell whether a member is a part of the site: a post, a page, a file, a setting, comments.

    ``head`` gives its first bytes, where its name does not decide.
    """
    if _APART.intersection(path.parts) or _MADE[generator].intersection(path.parts[:1]):
        return False
    if is_config(path) or is_data(path):
        return True
    if path.suffix.lower() not in FORMS:
        return MEDIA.search(path.name) is not None
    inside = path.is_relative_to(content)
    if generator in {"hugo", "pelican"} and content and not inside:
        return False
    if generator in {"hugo", "pelican"} or "_posts" in path.parts or "_drafts" in path.parts:
        if generator == "pelican":
            return "static" not in path.parts  # what is copied as it is
        if FORMS[path.suffix.lower()] != "html":
            return True
    start = head()
    if _TEMPLATE.search(start):
        return False
    return has_front_matter(start) or (generator != "jekyll" and begins_with_json(start))


def is_config(path: PurePosixPath) -> bool:
    """Tell a configuration by its place below the root."""
    if path.parts[:2] == ("config", "_default"):
        return path.suffix in DATA and len(path.parts) == 3
    return len(path.parts) == 1 and (path.name in _CONFIGS or path.name == "package.json")


def is_data(path: PurePosixPath) -> bool:
    """Tell files of data that say something of posts: authors, the site, comments."""
    if ("_data" not in path.parts and "data" not in path.parts) or path.suffix.lower() not in DATA:
        return False
    return is_comments(path) or path.stem in SITE_DATA or path.stem == "authors" or path.parent.name == FOLDER


def is_comments(path: PurePosixPath) -> bool:
    """Tell files of static comments: data/comments.yaml, data/comments/<slug>/entry1.yml."""
    return path.suffix.lower() in DATA and any(
        name in {"comments", "staticman"} for name in (*path.parts[:-1], path.stem)
    )
