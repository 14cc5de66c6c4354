"""Which file a conversation lives in. Paths follow from the records, so any order of imports gives the same tree."""

from __future__ import annotations

import unicodedata
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from feedkeep.archive.identity import slugify
from feedkeep.models import Media, Post
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.archive.conversation import Conversation

MARK = "feedkeep.json"  # of an archive, beside the sites
SITE = "site.json"
INDEX = ".index.sqlite"
STAGING = ".staging"
LOCK = ".lock"
FOLDERS = ("posts", "pages", "types", "attachments", "orphans")
_LONGEST = 80  # bytes of a slug in a file name; the whole name stays far under the 255 that file systems take
_SIMPLE = pattern(r"(?=[a-z0-9-]*[0-9-])[a-z0-9](?:[a-z0-9]|-(?!-)){0,60}[a-z0-9]")  # safe already, as nearly all are
_RESERVED = pattern(r"^(con|prn|aux|nul|com\d|lpt\d)$")


def is_bagged(archive: Path) -> bool:
    """Tell whether an archive is what a bag holds (RFC 8493): a file more in it, or another byte, and the bag is broken."""
    folder = archive.resolve()
    return folder.name == "data" and (folder.parent / "bagit.txt").is_file()


def base(conversation: Conversation) -> str:
    """Give the path that a conversation would like, relative to its site, without ".json".

    posts/2014/01/<slug>, posts/undated/<slug>, pages/<slug>, types/<kind>/<slug> for custom types,
    attachments/2014/01/<slug>, and orphans/<key> for comments whose post is not there.
    """
    root = conversation.root
    if root is None:
        known = sorted(
            key
            for record in conversation.records.values()
            for key in (
                getattr(record, "post", None),
                getattr(record, "post_url", None),
                getattr(record, "parent", None),
            )
            if key
        )
        return f"orphans/{short(known[0] if known else min(conversation.records))}"
    return rooted(root)


def rooted(root: Post | Media) -> str:
    """Give the path that a conversation about ``root`` would like."""
    name = file_slug(root)
    if isinstance(root, Media):
        return f"attachments/{_month(root)}/{name}"
    if root.kind == "post":
        return f"posts/{_month(root)}/{name}"
    if root.kind == "page":
        return f"pages/{name}"
    return f"types/{safe(root.kind) or 'unnamed'}/{name}"


def file_slug(root: Post | Media) -> str:
    """Make a file name of the slug, the title, the address or, where there is none of them, the id."""
    return safe(root.slug) or safe(root.title) or safe(_last_part(root.url)) or short(root.id)


def _last_part(url: str | None) -> str:
    try:
        return unquote(urlsplit(url or "").path).rstrip("/").rsplit("/", 1)[-1]
    except ValueError:
        return ""


def safe(text: str | None) -> str:
    """Reduce a text to a name that every file system takes, or "" where nothing is left.

    NFC, lower case (names that differ in case alone would collide), words joined by hyphens, at most 80 bytes.
    """
    if text and _SIMPLE.fullmatch(text):
        return text
    name = unicodedata.normalize("NFC", slugify(text)).strip("-_.")
    name = name.encode("utf-8", "ignore")[:_LONGEST].decode("utf-8", "ignore").rstrip("-_.")
    return f"{name}-" if _RESERVED.match(name) else name


def distinguished(path: str, root_id: str) -> str:
    """Tell apart the conversations that would like one and the same path."""
    return f"{path}--{short(root_id)[:8]}"


def short(text: str) -> str:
    """Give sixteen hexadecimal digits that stand for a text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _month(root: Post | Media) -> str:
    return f"{root.published.year:04d}/{root.published.month:02d}" if root.published else "undated"
