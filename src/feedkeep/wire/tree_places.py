"""What the path of a document in a static site's tree says: its kind, slug, date, language, folders, draft or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedkeep.wire.permalinks import Place

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from feedkeep.wire.site_config import Blog

_DATED = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:-|_|\s+)(.+)")
_LANGUAGE = re.compile(r"(.+)\.([a-z]{2}(?:-[A-Za-z]{2,4})?)")
POSTS = frozenset({"posts", "post", "blog", "articles", "article", "news", "journal", "writing", "reviews", "entries"})
_DRAFTS = frozenset({"_drafts", "drafts"})


def place_of(blog: Blog, path: PurePosixPath) -> Place:
    """Read the path of a document, below the root of its site."""
    inner = path.relative_to(blog.content) if blog.content and path.is_relative_to(blog.content) else path
    folders, stem, language = list(inner.parts[:-1]), inner.stem, None
    told = _LANGUAGE.fullmatch(stem)
    if told is not None and told[2].lower() in blog.languages:
        stem, language = told[1], told[2]
    if folders and folders[0].lower() in blog.languages:
        language = folders.pop(0)
    read = {"jekyll": _jekyll, "pelican": _pelican}.get(blog.generator, _other)
    return read(blog, path, folders, stem, language)


def _jekyll(_blog: Blog, path: PurePosixPath, folders: list[str], stem: str, language: str | None) -> Place:
    collection = next((name for name in folders if name.startswith("_")), None)
    date = None
    if collection is None:
        index = stem == "index"
        return Place(path, tuple(folders), stem, "page", language=language, is_index=index)
    at = folders.index(collection)
    before, after = folders[:at], folders[at + 1 :]
    if collection in {"_posts", "_drafts"}:
        found = _DATED.fullmatch(stem)
        date, stem = (found[1], found[2]) if found else (None, stem)
        draft = collection == "_drafts"
        categories = tuple(name for name in before if name != "source")
        return Place(path, (), stem, "post", date, draft, language, collection="posts", categories=categories)
    kind = collection.removeprefix("_")
    return Place(path, tuple(after), stem, kind, date, language=language, collection=kind)


def _pelican(blog: Blog, path: PurePosixPath, folders: list[str], stem: str, language: str | None) -> Place:
    found = _DATED.fullmatch(stem)
    if "pages" in folders:
        return Place(path, tuple(folders), stem, "page", language=language)
    named = folders and blog.config.get("use_folder_as_category") is not False
    categories = (folders[-1],) if named else ()
    date, slug = (found[1], found[2]) if found else (None, stem)
    return Place(path, tuple(folders), slug, "post", date, _is_draft(folders), language, categories=categories)


def _other(blog: Blog, path: PurePosixPath, folders: list[str], stem: str, language: str | None) -> Place:
    kind = "post" if any(name.lower() in POSTS for name in folders) or blog.generator == "plain" else "page"
    draft = _is_draft(folders)
    if stem == "_index":
        return Place(path, tuple(folders), "", "section", None, draft, language, is_index=True)
    index = stem == "index"
    if index and folders:
        stem = folders.pop()
    elif index:
        stem = ""
    found = _DATED.fullmatch(stem)
    date, dated = (found[1], found[2]) if found else (None, stem)
    # Hugo leaves the date in the address, unless it is told to read it; Eleventy never does.
    strips = blog.generator != "hugo" or ":filename" in str(blog.config.get("frontmatter"))
    kind = "post" if folders and date is not None else kind
    return Place(path, tuple(folders), dated if strips else stem, kind, date, draft, language, is_index=index)


def _is_draft(folders: list[str]) -> bool:
    return any(name.lower() in _DRAFTS for name in folders)
