"""Text that was decoded wrongly, mended on its way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.content import mojibake
from feedkeep.views.view import View, changed

if TYPE_CHECKING:
    from feedkeep.models import Comment, Content, Media, Person, Post, Review, Site, Term


class Repaired(View):
    """See :func:`feedkeep.views.repaired`."""

    tag = "repaired:1"  # raise it when the same records come out differently

    def view_site(self, site: Site) -> Site:
        """Mend what the blog says of itself."""
        return changed(
            site,
            title=_text(site.title),
            description=_text(site.description),
            authors=tuple(map(self.view_person, site.authors)),
            terms=tuple(map(self.view_term, site.terms)),
        )

    def view_person(self, person: Person) -> Person:
        """Mend names."""
        return changed(
            person,
            name=_text(person.name),
            given_name=_text(person.given_name),
            family_name=_text(person.family_name),
        )

    def view_term(self, term: Term) -> Term:
        """Mend a name and its description."""
        return changed(term, name=_text(term.name), description=_text(term.description))

    def view_post(self, post: Post) -> Post:
        """Mend titles, bodies, names and reviews."""
        return changed(
            post,
            title=_text(post.title),
            title_html=_markup(post.title_html),
            subtitle=_text(post.subtitle),
            summary=_body(post.summary),
            content=_body(post.content),
            authors=tuple(map(self.view_person, post.authors)),
            contributors=tuple(map(self.view_person, post.contributors)),
            terms=tuple(map(self.view_term, post.terms)),
            reviews=tuple(map(_review, post.reviews)),
        )

    def view_comment(self, comment: Comment) -> Comment:
        """Mend a comment and its author's name."""
        return changed(
            comment,
            title=_text(comment.title),
            content=_body(comment.content),
            author=self.view_person(comment.author) if comment.author is not None else None,
        )

    def view_medium(self, media: Media) -> Media:
        """Mend what is said of a media file."""
        return changed(
            media,
            title=_text(media.title),
            alt=_text(media.alt),
            caption=_body(media.caption),
            description=_body(media.description),
            author=self.view_person(media.author) if media.author is not None else None,
        )


def _text(value: str | None) -> str | None:
    return value if value is None or value.isascii() else mojibake.repair(value)


def _markup(value: str | None) -> str | None:
    return value if value is None or value.isascii() else mojibake.repair(value, markup=True)


def _body(content: Content | None) -> Content | None:
    if content is None or content.value.isascii():
        return content
    return changed(content, value=mojibake.repair(content.value, markup=content.form != "text"))


def _review(review: Review) -> Review:
    item = changed(
        review.item,
        name=mojibake.repair(review.item.name),
        creators=tuple(map(mojibake.repair, review.item.creators)),
    )
    return changed(review, item=item, summary=_text(review.summary))
