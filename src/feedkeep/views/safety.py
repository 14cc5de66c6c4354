"""Bodies as HTML that is safe to show, drawings that cannot run, and no address that could."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from feedkeep.content import render
from feedkeep.content.clean import is_harmless, sanitise
from feedkeep.content.file_types import HEAD, SVG, sniffed
from feedkeep.content.svg import LARGEST, disarmed
from feedkeep.models import Content
from feedkeep.views.view import View, changed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.models import Comment, Link, Media, Person, Post, Review, Site, Snapshot

_HTML = frozenset({"text/html", "application/xhtml+xml"})


class Cleaned(View):
    """See :func:`feedkeep.views.cleaned`."""

    tag = "cleaned:1"  # raise it when the same records come out differently

    def __init__(self, snapshot: Snapshot, *, markdown: bool = False) -> None:
        super().__init__(snapshot)
        self._markdown = markdown
        if markdown:
            self.tag = f"{self.tag}:markdown"

    def view_site(self, site: Site) -> Site:
        """Check the blog's addresses."""
        return changed(
            site,
            url=_address(site.url),
            authors=tuple(map(self.view_person, site.authors)),
            links=_links(site.links),
            hubs=_links(site.hubs),
            image=_address(site.image),
            icon=_address(site.icon),
        )

    def view_person(self, person: Person) -> Person:
        """Check a person's addresses."""
        return changed(person, url=_address(person.url), avatar=_address(person.avatar))

    def view_post(self, post: Post) -> Post:
        """Clean a post's bodies and addresses."""
        return changed(
            post,
            title_html=None if post.title_html is None else sanitise(post.title_html),
            summary=_body(post.summary),
            content=post.content if self._stays(post.content) else _body(post.content),
            authors=tuple(map(self.view_person, post.authors)),
            contributors=tuple(map(self.view_person, post.contributors)),
            url=_address(post.url),
            comments_url=_address(post.comments_url),
            comments_feed=_address(post.comments_feed),
            image=_address(post.image),
            enclosures=tuple(one for one in post.enclosures if is_harmless(one.url)),
            links=_links(post.links),
            reviews=tuple(map(_review, post.reviews)),
        )

    def _stays(self, content: Content | None) -> bool:
        return self._markdown and content is not None and content.form == "markdown"

    def view_comment(self, comment: Comment) -> Comment:
        """Clean a comment's body and addresses."""
        return changed(
            comment,
            content=_body(comment.content),
            author=self.view_person(comment.author) if comment.author is not None else None,
            url=_address(comment.url),
        )

    def view_medium(self, media: Media) -> Media:
        """Clean what is said of a media file."""
        return changed(
            media,
            caption=_body(media.caption),
            description=_body(media.description),
            author=self.view_person(media.author) if media.author is not None else None,
            url=_address(media.url),
            page_url=_address(media.page_url),
        )

    def open_media(self, media: Media) -> BinaryIO | None:
        """Disarm a drawing; one that cannot be read as such is not shown. Other files are what they are."""
        stream = self.snapshot.open_media(media)
        if stream is None:
            return None
        head = stream.read(HEAD)
        if sniffed(head) != SVG:
            stream.seek(0)
            return stream
        with stream:
            harmless = disarmed(head + stream.read(LARGEST))
        return None if harmless is None else io.BytesIO(harmless)


def _body(content: Content | None) -> Content | None:
    """Render a body. One of a type that is neither text nor HTML is shown as the characters that it is."""
    if content is None:
        return None
    known = content.media_type is None or content.media_type.split(";")[0].strip().lower() in _HTML
    html = sanitise(render.html(content) if known else render.from_text(content.value))
    shown = Content(value=html, truncated=content.truncated, src=_address(content.src))
    return content if shown == content else shown


def _address(url: str | None) -> str | None:
    return url if url is None or is_harmless(url) else None


def _links(links: Iterable[Link]) -> tuple[Link, ...]:
    return tuple(link for link in links if is_harmless(link.href))


def _review(review: Review) -> Review:
    return changed(review, item=changed(review.item, url=_address(review.item.url), image=_address(review.item.image)))
