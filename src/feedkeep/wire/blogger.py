"""What Blogger adds to Atom, in its feeds and exports: kinds of entries, drafts, whom a comment answers.

An export is a feed too, and holds what is not public: it must not be taken for something that is. The names are those
that the exporter writes, too.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.wire import namespaces as ns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.models import CommentStatus, Link, PostStatus
    from feedkeep.wire.elements import Fields

APP = "http://purl.org/atom/app#"  # a draft of RFC 5023, which Blogger stayed with
GD = "http://schemas.google.com/g/2005"
SPACE = "http://schemas.google.com/blogger/2018"  # of Takeout
KIND = f"{GD}#kind"
KINDS = "http://schemas.google.com/blogger/2008/kind#"
LABELS = "http://www.blogger.com/atom/ns#"
REMOVED = "blogger.contentRemoved"
EXTENDED = f"{{{GD}}}extendedProperty"

_APP = ("{http://www.w3.org/2007/app}", f"{{{APP}}}")  # RFC 5023 section 13.1.1
_SPACE = f"{{{SPACE}}}"
_BLOG = re.compile(r"(tag:blogger\.com,1999:blog-\d+)(?:\..+)?")
_ID = re.compile(r"(tag:blogger\.com,1999:blog-\d+)\.(?:post|page)-(\d+)")
_NUMBER = re.compile(r"blogger:(\d+)")  # what the API alone tells
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


class Said(msgspec.Struct, kw_only=True):
    """What an entry says of itself in Blogger's words."""

    kind: str | None = None  # "post", "page", "comment"; "settings" and "template" are no entries of a blog
    status: PostStatus | None = None
    comment: CommentStatus | None = None  # status, of a comment
    filename: str | None = None  # the path of a post's address
    post: str | None = None
    parent: str | None = None


_NOTHING = Said()
_CREATED = f"{_SPACE}created"
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
            if child.get("scheme") == KIND:
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
        published = got.peek("published")
        for name in (*(f"{_SPACE}{bare}" for bare in _BARE), "enclosure"):
            child = got.one(name) if name in got else None
            text = (child.text or "").strip() if child is not None else ""
            again = name == _CREATED and text == published
            if child is not None and not again and (len(child) or text or child.attrib):
                got.put_back(name, child)
    for child in got.get(EXTENDED, ()):
        if child.get("name") == REMOVED and child.get("value") == "true":
            said.comment = "deleted"
    own = _ID.fullmatch(record_id or "")
    if own is not None and said.parent is None:
        answered = (_ANSWERED.search(link.href) for link in links if link.rel == "related")
        said.parent = next((f"{own[1]}.post-{found[1]}" for found in answered if found), None)
    return said


def kept_path(extra: dict[str, Any]) -> str | None:
    """Give the path that Takeout told of a post where nobody knew the host."""
    own = extra.get("blogger")
    told = own.get("filename") if isinstance(own, dict) else None
    return told if isinstance(told, str) else None


def post_status(said: str | None) -> PostStatus:
    """Give the status that Blogger calls ``said``; what is unknown is not public."""
    return _STATUS.get((said or "LIVE").upper(), "private")


def comment_status(said: str | None) -> CommentStatus:
    """Give the status that Blogger calls ``said``; what is unknown is not public."""
    return _COMMENT_STATUS.get((said or "LIVE").upper(), "pending")


class Ids:
    """Ids as Blogger gives them: its own stay, others are made of what they were, the same each time.

    ``known`` are ids of the blog's posts, by which it is known where the id of the site says nothing.
    """

    def __init__(self, site_id: str, known: Iterable[str]) -> None:
        own = (found[1] for one in _chained(site_id, known) if (found := _BLOG.fullmatch(one)))
        self.blog = next(own, None) or f"tag:blogger.com,1999:blog-{_number('blog', site_id)}"

    def post(self, post_id: str, kind: str) -> str:
        """Give the id of a post or page."""
        place = "page" if kind == "page" else "post"
        return post_id if _ID.fullmatch(post_id) else f"{self.blog}.{place}-{_own_number('post', post_id)}"

    def comment(self, comment_id: str, post: str) -> str:
        """Give the id of a comment on what is called ``post`` here."""
        blog = post.rpartition(".")[0]
        return comment_id if _ID.fullmatch(comment_id) else f"{blog}.post-{_own_number('comment', comment_id)}"


def number(record_id: str) -> str:
    """Give the number by which Blogger's addresses name what has this id."""
    return record_id.rpartition("-")[2]


def address(post: str, comment: str) -> str:
    """Give the address of a comment's own feed, by which an answer says what it answers."""
    blog = number(post.rpartition(".")[0])
    return f"https://www.blogger.com/feeds/{blog}/{number(post)}/comments/default/{number(comment)}"


def _chained(first: str, more: Iterable[str]) -> Iterator[str]:
    yield first
    yield from more


def _own_number(kind: str, record_id: str) -> str:
    own = _NUMBER.fullmatch(record_id)
    return own[1] if own is not None else _number(kind, record_id)


def _number(kind: str, known: str) -> str:
    """Make a number of nineteen digits, as Blogger's are: positive in 64 bits."""
    digest = hashlib.sha256(f"{kind} {known}".encode("utf-8", "surrogatepass")).digest()
    return str(10**18 + int.from_bytes(digest[:8]) % (8 * 10**18))


def is_post(ref: str, record_id: str) -> bool:
    """Tell that what a comment of Blogger's answers is the post: there it always is."""
    return _ID.fullmatch(record_id) is not None and _ID.fullmatch(ref) is not None
