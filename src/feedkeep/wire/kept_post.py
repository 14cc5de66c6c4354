"""What :mod:`kept_fields` kept of a post, beside what its front matter says in words that everybody knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.content import review
from feedkeep.wire import kept_fields
from feedkeep.wire.kept_fields import is_name

if TYPE_CHECKING:
    from feedkeep.models import Post, Term
    from feedkeep.wire.post_fields import Fields


def restored(post: Post, told: object, fields: Fields) -> Post:
    """Give a post with what our own exporters kept besides; where a person changed front matter, that counts."""
    found = kept_fields.restored(post, told, fields.failed)
    changes: dict[str, Any] = {}
    if [one.name for one in found.authors if one.name and is_name(one.name)] != [one.name for one in post.authors]:
        changes["authors"] = post.authors
    if _named(found.terms) != _named(post.terms):
        changes["terms"] = post.terms
    if found.status == "published" or (post.status == "published" and found.status is not None):
        changes["status"] = post.status
    changes["aliases"] = (
        tuple(one for one in dict.fromkeys((*found.aliases, *post.aliases, post.id)) if one != found.id)
        if found.id != post.id
        else tuple(dict.fromkeys((*found.aliases, *post.aliases)))
    )
    if found.reviews and found.content is not None:
        changes["content"] = msgspec.structs.replace(
            found.content, value=review.strip_html(found.content.value).lstrip("\n")
        )
    return msgspec.structs.replace(found, **changes)


def _named(terms: tuple[Term, ...]) -> set[tuple[str, str]]:
    """Give the names of categories and tags that front matter can hold, without what lists of names part them by."""
    return {
        (one.taxonomy, re.sub(r"[;,\s]+", " ", one.name).strip())
        for one in terms
        if one.name and one.taxonomy in {"category", "post_tag"} and is_name(one.name)
    }
