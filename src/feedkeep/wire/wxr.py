"""WordPress eXtended RSS as it is written: names, statuses and what WordPress means by them.

WordPress documents the format in its exporter alone: https://developer.wordpress.org/reference/functions/export_wp/
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedkeep.models import CommentStatus, PostStatus

VERSION: Final = "1.2"
WP: Final = "http://wordpress.org/export/1.2/"
EXCERPT: Final = "http://wordpress.org/export/1.2/excerpt/"
CONTENT: Final = "http://purl.org/rss/1.0/modules/content/"
WFW: Final = "http://wellformedweb.org/CommentAPI/"
DC: Final = "http://purl.org/dc/elements/1.1/"
# WordPress's importer looks elements up by these very prefixes.
PREFIXES: Final = {"excerpt": EXCERPT, "content": CONTENT, "wfw": WFW, "dc": DC, "wp": WP}
_WORDPRESS = re.compile(rb"<wp:base_(?:site|blog)_url|<generator>")
_SQUARESPACE = re.compile(rb"\bsqs-[a-z]|\.squarespace(?:-cdn)?\.com\b")
MARK: Final = b"wordpress.org/export/"  # what tells an export from any other RSS

_BASES: Final = tuple(
    f"{scheme}://wordpress.org/export/{version}/" for version in ("1.2", "1.1", "1.0") for scheme in ("http", "https")
)
_CHANNEL = "author category tag term wxr_version base_site_url base_blog_url"
_AUTHOR = "author_id author_login author_email author_display_name author_first_name author_last_name"
_TERM = (
    "term_id term_taxonomy term_slug term_parent term_name term_description category_nicename category_parent "
    "cat_name category_description tag_slug tag_name tag_description termmeta"
)
_ITEM = (
    "post_id post_date post_date_gmt post_modified post_modified_gmt comment_status ping_status post_name status "
    "post_parent menu_order post_type post_password is_sticky attachment_url postmeta comment"
)
_COMMENT = (
    "comment_id comment_author comment_author_email comment_author_url comment_author_IP comment_date "
    "comment_date_gmt comment_content comment_approved comment_type comment_parent comment_user_id commentmeta"
)
_META = "meta_key meta_value"

# From the qualified name to a short one: the local name for WordPress's own, prefix and name for the others.
NAMES: Final[dict[Any, str]] = (
    {
        f"{{{base}}}{name}": f"wp:{name}"
        for base in _BASES
        for name in f"{_CHANNEL} {_AUTHOR} {_TERM} {_ITEM} {_COMMENT} {_META}".split()
    }
    | {f"{{{base}excerpt/}}encoded": "excerpt" for base in _BASES}
    | {f"{{{CONTENT}}}encoded": "content", f"{{{DC}}}creator": "creator"}
    | {
        name: name
        for name in ("title", "link", "pubDate", "guid", "description", "category", "language", "generator", "image")
    }
)

POST_STATUS: Final[Mapping[str, PostStatus]] = {
    "publish": "published",
    "inherit": "published",  # of attachments: that of the post they belong to
    "future": "scheduled",
    "draft": "draft",
    "auto-draft": "draft",
    "pending": "pending",
    "private": "private",
    "trash": "trashed",
}
STATUS_OF_POST: Final[Mapping[PostStatus, str]] = {
    "published": "publish",
    "scheduled": "future",
    "draft": "draft",
    "pending": "pending",
    "private": "private",
    "trashed": "trash",
    "deleted": "trash",
}
# Strings: "0" is not false.
COMMENT_STATUS: Final[Mapping[str, CommentStatus]] = {
    "1": "approved",
    "approve": "approved",
    "0": "pending",
    "hold": "pending",
    "spam": "spam",
    "trash": "trashed",
    "post-trashed": "trashed",
}
STATUS_OF_COMMENT: Final[Mapping[CommentStatus, str]] = {
    "approved": "1",
    "pending": "0",
    "spam": "spam",
    "trashed": "trash",
    "deleted": "trash",
}

# What WordPress has no field for, kept in fields of its own that it keeps through an import and an export.
ALIAS: Final = "_feedkeep_alias"  # another id that a post, file or comment is known by
ORIGINAL_ID: Final = "_feedkeep_id"  # of a comment whose id WordPress cannot state
ORIGINAL_PARENT: Final = "_feedkeep_parent"  # id of the comment replied to, where the export does not hold it
ORIGINAL_DATE: Final = "_feedkeep_published"  # where the stated one had to be moved; RFC 3339
DELETED: Final = "_feedkeep_deleted"  # when a post or comment was deleted; RFC 3339, or empty if not known
REVIEW: Final = "_feedkeep_review"  # schema.org Review as JSON-LD
PLACEHOLDER: Final = "[deleted]"  # stands for a deleted comment that others reply to
ALT: Final = "_wp_attachment_image_alt"
FILE: Final = "_wp_attached_file"
THUMBNAIL: Final = "_thumbnail_id"
ENCLOSURE: Final = "enclosure"

# What WordPress lets people upload; its export leaves the type out.
_TYPES: Final[Mapping[str, str]] = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpe": "image/jpeg",
    "gif": "image/gif",
    "png": "image/png",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "ico": "image/x-icon",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "avi": "video/avi",
    "ogv": "video/ogg",
    "webm": "video/webm",
    "mpg": "video/mpeg",
    "mpeg": "video/mpeg",
    "wmv": "video/x-ms-wmv",
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
    "epub": "application/epub+zip",
    "txt": "text/plain",
    "csv": "text/csv",
    "vtt": "text/vtt",
}
_TAG = re.compile(r"<[/!]?[a-zA-Z][^<>]*>")


def media_type(url: str | None) -> str | None:
    """Tell the media type of a file by its name, None where the name says nothing."""
    name = (url or "").split("?", 1)[0].split("#", 1)[0].rsplit("/", 1)[-1]
    return _TYPES.get(name.rpartition(".")[2].lower()) if "." in name else None


def plain_title(stated: str) -> tuple[str, str | None]:
    """Split a title, which is HTML in WordPress, into its text and, only where it has tags, its markup."""
    if "<" not in stated and "&" not in stated:
        return stated, None
    text = _TAG.sub("", stated)
    return html.unescape(text), stated if text != stated else None


def stated_title(title: str | None, markup: str | None) -> str:
    """Join what :func:`plain_title` splits: HTML that shows ``title``."""
    if markup and plain_title(markup) == (title, markup):
        return markup
    title = title or ""
    return title if plain_title(title) == (title, None) else html.escape(title, quote=False)


def is_wxr(head: bytes) -> bool:
    """Tell by the namespace on the root element, or the version."""
    head = _ascii(head)
    root = head.find(b"<rss")
    return root >= 0 and (MARK in head[root : head.find(b">", root)] or b"<wp:wxr_version" in head)


def is_squarespace(head: bytes) -> bool:
    """Tell Squarespace's exports, which do not say what they are.

    They name no blog address, as WordPress does, and their bodies have the classes, or their files the hosts, of
    Squarespace. Numbers below zero and relative links are no evidence: others have them, too.
    """
    head = _ascii(head)
    return is_wxr(head) and not _WORDPRESS.search(head) and _SQUARESPACE.search(head) is not None


def _ascii(head: bytes) -> bytes:
    """Read UTF-16 as far as it is ASCII."""
    return head.replace(b"\0", b"") if b"\0" in head else head
