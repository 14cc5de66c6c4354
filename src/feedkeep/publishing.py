"""What the feed exporters share: which files there are, what is in each, how they link to one another.

A subscription window holds the newest posts. Where it does not hold all, archive documents (RFC 5005 section 4) hold
every post, a fixed number each, counted from the oldest, so that a new post changes the last one alone; for the same
reason they carry no next-archive link. One comments feed holds the newest comments of the site, and each post that
has comments has a feed of its whole thread.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections import deque
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from feedkeep.content import review, text
from feedkeep.content.render import html
from feedkeep.formats import Options
from feedkeep.ids import made_id
from feedkeep.patterns import pattern
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from feedkeep.models import Comment, Content, Post, Site, Snapshot

# A link that starts at the page it stands on. What merely looks like one costs a rendering, nothing else. It goes from
# one "=" to the next, which is what makes it quick.
_RELATIVE = pattern(
    r"""=(?:(?<=\bhref=)|(?<=\bsrc=)|(?<=\bsrcset=)|(?<=\bposter=)|(?<=\s=))\s*["']?(?![a-z][a-z0-9+.-]*:)[^"'\s>]""",
    re.IGNORECASE,
)
_SHOWN = pattern(r"""class\s*=\s*["'][^"']*\bh-?review\b""")  # the author's own markup shows the review already
_RECIPE = "1"  # raise it when the same records come out as other bytes, or old files are taken for current ones


class FeedOptions(Options, frozen=True, kw_only=True):
    """What the feed exporters may be told besides."""

    per_archive: int = 100  # posts in an archive document
    comments_limit: int = 50  # comments in the feed of all comments


class Page(msgspec.Struct, kw_only=True):
    """One feed document."""

    kind: Literal["window", "archive", "comments", "thread"]
    path: str
    fingerprint: str
    offset: int = 0  # of the first post: in "window" from the newest, in "archive" from the oldest
    count: int = 0
    post_id: str | None = None  # of a thread
    previous: str | None = None  # path of the archive document before this one


def pages(snapshot: Snapshot, options: FeedOptions, name: str, suffix: str, *, comments: bool = True) -> Iterator[Page]:
    """List the documents of an export; ``name`` is the window's file, ``suffix`` that of all others.

    Without ``comments`` there are none for them alone.
    """
    stem = made_from(snapshot.site, options, name)
    newest: deque[tuple[str, str]] = deque(maxlen=max(0, options.limit))
    oldest = snapshot.digests(oldest_first=True)
    last: str | None = None
    archives: list[Page] = []
    size = max(1, options.per_archive)
    while held := list(islice(oldest, size)):
        newest += held
        path = f"archive/{len(archives) + 1:04d}{suffix}"
        print_ = fingerprint(stem, "archive", last, held)
        offset = len(archives) * size
        archives.append(
            Page(kind="archive", path=path, fingerprint=print_, offset=offset, count=len(held), previous=last)
        )
        last = path
    if not archives or archives[-1].offset + archives[-1].count <= options.limit:  # the window holds all
        archives, last = [], None
    print_ = fingerprint(stem, "window", last, list(reversed(newest)))
    yield Page(kind="window", path=name, fingerprint=print_, count=len(newest), previous=last)
    yield from archives
    threads = list(snapshot.threads()) if comments else []
    if threads:
        yield Page(kind="comments", path=f"comments{suffix}", fingerprint=fingerprint(stem, "comments", None, threads))
    for post_id, digest, _ in threads:
        yield Page(
            kind="thread",
            path=thread_path(post_id, suffix),
            fingerprint=fingerprint(stem, "thread", None, [(post_id, digest)]),
            post_id=post_id,
        )


def fingerprint(stem: str, kind: str, last: str | None, held: list[Any]) -> str:
    """Say in one short text what a document is made from."""
    return _hash([stem, kind, last, held])[:32]


def made_from(site: Site, options: Options, name: str) -> str:
    """Say in one short text what every document of an export is made from, besides its posts."""
    return _hash([_RECIPE, name, msgspec.to_builtins(site), msgspec.to_builtins(options)])


def _hash(value: object) -> str:
    # ASCII alone: a record made in memory may hold half a surrogate pair, which UTF-8 cannot
    return hashlib.sha256(json.dumps(value, ensure_ascii=True, sort_keys=True).encode("ascii")).hexdigest()


def thread_path(post_id: str, suffix: str) -> str:
    """Where a post's comments feed lives: by the id alone, so that a new slug does not move it."""
    return f"comments/{hashlib.sha256(post_id.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}{suffix}"


def posts_of(snapshot: Snapshot, page: Page) -> Iterator[Post]:
    """Read the posts of a window or an archive document, newest first."""
    if page.kind == "window":
        return islice(snapshot.posts(), page.count)
    held = list(islice(snapshot.posts(oldest_first=True, offset=page.offset), page.count))
    return reversed(held)


def href(options: Options, page: Page, path: str) -> str:
    """Address a file of the export from a document of it: absolute with a base URL, else relative."""
    if options.base_url is not None:
        return f"{options.base_url.rstrip('/')}/{path}"
    folder = posixpath.dirname(page.path)
    return posixpath.relpath(path, folder) if folder else path


def body(content: Content | None, url: str | None = None) -> str | None:
    """Give a body as HTML that XML can hold, its links absolute; None where there is none.

    ``url`` is the address of the post, from which relative links start where the source said nothing else.
    """
    if content is None:
        return None
    if content.base is None and url is not None and "=" in content.value and _RELATIVE.search(content.value):
        content = msgspec.structs.replace(content, base=url)
    return legal(content.value if content.form == "html" and content.base is None else html(content))


def post_body(post: Post) -> str | None:
    """Give a post's body as HTML, with its reviews on top, where every reader shows them."""
    found = body(post.content, post.url)
    if not post.reviews or (found is not None and _SHOWN.search(found)):
        return found
    return "".join(legal(review.as_html(item)) for item in post.reviews) + (found or "")


def line(value: str | None) -> str | None:
    """Give a text that XML can hold; None where nothing is left."""
    if value is None:
        return None
    return legal(value) or None


def comment_title(comment: Comment, post: Post | None) -> str:
    """Make the title that a feed wants and no commenter gave."""
    if comment.title:
        return legal(comment.title)
    name = (comment.author.name if comment.author else None) or "somebody"
    about = post_title(post) if post is not None else None
    return legal(f"Comment on {about} by {name}" if about else f"By: {name}")


def post_title(post: Post) -> str | None:
    """Give the title, else the beginning of the text; None where there is neither."""
    if post.title:
        return legal(post.title)
    source = post.content or post.summary
    return legal(text.excerpt(html(source), 60)) or None if source is not None else None


def site_title(site: Site) -> str:
    """Give the blog's title, else its address."""
    return next((text_ for text_ in map(line, (site.title, site.url, site.id)) if text_ and text_.strip()), "A blog")


def site_url(site: Site) -> str | None:
    """Give the blog's address, else the best that stands for it."""
    return line(site.url or (site.id if "://" in site.id else None) or next(iter(site.feed_urls), None))


def feed_title(site: Site, page: Page, post: Post | None) -> str:
    """Give a document's title; ``post`` is the one whose thread it is."""
    title = site_title(site)
    if page.kind == "comments":
        return f"Comments on {title}"
    if page.kind == "thread":
        return f"Comments on {(post_title(post) if post is not None else None) or title}"
    return title


def feed_id(site: Site, page: Page) -> str:
    """Give a document the id of the feed that it belongs to: archive documents belong to the window's."""
    if page.kind == "comments":
        return made_id("comments", site.id)
    if page.kind == "thread":
        return made_id("thread", page.post_id)
    return line(site.id) or made_id("site", site.id)


def newest(moments: list[dt.datetime | None], fallback: dt.datetime) -> dt.datetime:
    """Give the latest of the moments that are known: a feed's own date, without asking a clock."""
    return max((moment for moment in moments if moment is not None), default=fallback)


def path(page: Page) -> PurePosixPath:
    """Give the page's path as a path."""
    return PurePosixPath(page.path)
