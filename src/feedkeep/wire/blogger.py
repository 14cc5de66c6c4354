"""What Blogger adds to Atom, in its feeds and exports: kinds of entries, drafts, whom a comment answers.

An export is a feed too, and holds what is not public: it must not be taken for something that is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from feedkeep.wire import namespaces as ns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.models import CommentStatus, Link, PostStatus
    from feedkeep.wire.elements import Fields

_APP = ("{http://www.w3.org/2007/app}", "{http://purl.org/atom/app#}")  # RFC 5023 section 13.1.1
_SPACE = "{http://schemas.google.com/blogger/2018}"
_KIND = "http://schemas.google.com/g/2005#kind"
_ID = re.compile(r"(tag:blogger\.com,1999:blog-\d+\.post-)\d+")
_ANSWERED = re.compile(r"/comments/default/(\d+)$")
_BACKUP = re.compile(rb"blogger/2008/kind#(?:settings|template)|tag:blogger\.com,1999:blog-\d+\.archive<")
_STATUS: dict[str, PostStatus] = {
    "LIVE": "published",
    "DRAFT": "draft",
    "SCHEDULED": "scheduled",
    "SOFT_TRASHED": "trashed",
}

_COMMENT_STATUS: dict[str, CommentStatus] = {
    "LIVE": "approved",
    "EMPTIED": "deleted",
    "PENDING": "pending",
    "SPAM": "spam",
    "SOFT_TRASHED": "trashed",
}
_BARE = ("location", "metaDescription", "created", "trashed", "filename", "inReplyTo")  # often there, and empty
_REMOVED = "blogger.contentRemoved"
_EXTENDED = "{http://schemas.google.com/g/2005}extendedProperty"


class Said(msgspec.Struct, kw_only=True):
    """What an entry says of itself in Blogger's words."""

    kind: str | None = None  # "post", "page", "comment"; "settings" and "template" are no entries of a blog
    status: PostStatus | None = None
    comment: CommentStatus | None = None  # status, of a comment
    filename: str | None = None  # the path of a post's address
    post: str | None = None
    parent: str | None = None


_NOTHING = Said()
_OURS = frozenset([*(f"{space}control" for space in _APP), f"{_SPACE}type", f"{_SPACE}status"])


def is_takeout(head: bytes) -> bool:
    """Tell by its namespace a feed that Google Takeout made."""
    return _SPACE[1:-1].encode() in head


def is_export(head: bytes) -> bool:
    """Tell the feed of a backup or a Takeout from the public feed of a blog."""
    if b"blogger" not in head or ns.FEEDKEEP.encode() in head:  # the latter is a feed that we made of one
        return False
    return is_takeout(head) or _BACKUP.search(head) is not None


def read(got: Fields, record_id: str | None, links: Iterable[Link]) -> Said:
    """Take Blogger's own elements and categories off an entry, and give what they say."""
    if not (record_id or "").startswith("tag:blogger.com,") and _OURS.isdisjoint(got):
        return _NOTHING
    said = Said()
    for space in _APP:
        control = got.one(f"{space}control")
        if control is not None and any((part.text or "").strip() == "yes" for part in control.iter(f"{space}draft")):
            said.status = "draft"
    if "category" in got:
        others = []
        for child in got.all("category"):
            if child.get("scheme") == _KIND:
                said.kind = (child.get("term") or "").rpartition("#")[2] or None
            else:
                others.append(child)
        got.put_back("category", *others)
    if f"{_SPACE}type" in got:
        said.kind = (got.text(f"{_SPACE}type") or "").lower() or None
        said.post = got.text(f"{_SPACE}parent")
        said.parent = got.text(f"{_SPACE}inReplyTo")
        status = got.text(f"{_SPACE}status")
        said.status = None if status is None else _STATUS.get(status, "private")
        said.comment = None if status is None else comment_status(status)
        if got.text(f"{_SPACE}trashed"):
            said.status = said.comment = "trashed"
        said.filename = got.text(f"{_SPACE}filename")
        for name in (*(f"{_SPACE}{bare}" for bare in _BARE), "enclosure"):
            child = got.one(name) if name in got else None
            if child is not None and (len(child) or (child.text or "").strip() or child.attrib):
                got.put_back(name, child)
    for child in got.get(_EXTENDED, ()):
        if child.get("name") == _REMOVED and child.get("value") == "true":
            said.comment = "deleted"
    own = _ID.fullmatch(record_id or "")
    if own is not None and said.parent is None:
        answered = (_ANSWERED.search(link.href) for link in links if link.rel == "related")
        said.parent = next((own[1] + found[1] for found in answered if found), None)
    return said


def post_status(said: str | None) -> PostStatus:
    """Give the status that Blogger calls ``said``; what is unknown is not public."""
    return _STATUS.get((said or "LIVE").upper(), "private")


def comment_status(said: str | None) -> CommentStatus:
    """Give the status that Blogger calls ``said``; what is unknown is not public."""
    return _COMMENT_STATUS.get((said or "LIVE").upper(), "pending")


def is_post(ref: str, record_id: str) -> bool:
    """Tell that what a comment of Blogger's answers is the post: there it always is."""
    return _ID.fullmatch(record_id) is not None and _ID.fullmatch(ref) is not None
