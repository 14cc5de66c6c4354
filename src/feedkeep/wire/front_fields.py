"""The front matter of a post: what generators and their themes have words for, and the rest of the record."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from feedkeep.models import Person, Term
from feedkeep.wire.kept_fields import KEY, is_name, kept

if TYPE_CHECKING:
    import msgspec

    from feedkeep.models import Post
    from feedkeep.wire.tree_plan import Laid, Plan

# Fields that stand under words of their own; some of them besides, where the word does not say all.
_NATIVE = (
    *("id", "title", "subtitle", "slug", "published", "updated", "language", "sticky", "comments_open", "order"),
    *("image", "content", "summary", "url", "urls", "authors", "terms", "status", "kind"),
)
_MINUTE = dt.timedelta(minutes=1)


def fields_of(laid: Laid, plan: Plan, title: str, summary: str | None, thread: str | None) -> dict[str, Any]:
    """Give the fields under names that exporters change to their generator's; ``thread`` names the comments' file."""
    post = laid.post
    draft = is_draft(post)
    told: dict[str, Any] = {
        "title": title,
        "subtitle": post.subtitle,
        "date": stamp(post.published),
        "updated": stamp(post.updated),
        "slug": post.slug,
        "url": laid.path,
        "aliases": list(laid.aliases) if not draft else [],
        "draft": True if draft else None,
        "type": post.kind if post.kind != "post" else None,
        "authors": names(post.authors),
        "categories": _terms(post, "category"),
        "tags": _terms(post, "post_tag"),
        "summary": summary,
        "lang": post.language,
        "sticky": post.sticky or None,
        "order": post.order,
        "image": None if post.image is None else plan.now(post.image),
        "comments": post.comments_open,
        "guid": post.id,
        "thread": thread,
    }
    found = {name: value for name, value in told.items() if value is not None and value not in ("", [])}
    rest = {**_more(laid, plan, draft=draft), **kept(post, _NATIVE)}
    if rest:
        found[KEY] = rest
    return found


def is_draft(post: Post) -> bool:
    """Tell a post that the generator must not build."""
    return post.status not in (None, "published")


def names(people: tuple[Person, ...]) -> list[str]:
    """Name people."""
    return [one.name for one in people if one.name and is_name(one.name)]


def stamp(moment: dt.datetime | None) -> str | None:
    """Write a moment with its offset, in whole minutes as RFC 3339 has it."""
    if moment is None:
        return None
    offset = moment.utcoffset()
    if offset is not None and offset % _MINUTE:
        moment = moment.astimezone(dt.timezone(offset // _MINUTE * _MINUTE))
    return moment.isoformat()


def _terms(post: Post, taxonomy: str) -> list[str]:
    return list(
        dict.fromkeys(
            term.name for term in post.terms if term.taxonomy == taxonomy and term.name and is_name(term.name)
        )
    )


def _more(laid: Laid, plan: Plan, *, draft: bool) -> dict[str, Any]:
    """Give the fields that do not come back from their own word alone."""
    post = laid.post
    said: dict[str, Any] = {}
    if post.id.strip().isdecimal() or post.id != post.id.strip():
        said["id"] = post.id
    if post.title is None or post.title != " ".join(post.title.split()):
        said["title"] = post.title
    if post.slug is None or post.slug != laid.stem:
        said["slug"] = post.slug
    if draft or post.url != laid.address:
        said["url"] = post.url
    if draft or post.urls != tuple(f"{plan.base}{alias}" for alias in laid.aliases):
        said["urls"] = list(post.urls)
    if draft or post.status is None:
        said["status"] = post.status
    if post.kind not in {"post", "page"}:
        said["kind"] = post.kind
    if post.image is not None and "://" not in post.image:
        said["image"] = plan.now(post.image)
    plain = tuple(Person(name=one) for one in names(post.authors))
    if plain != post.authors:
        said["authors"] = kept_all(post.authors)
    simple = tuple(
        Term(name=name, taxonomy=taxonomy) for taxonomy in ("category", "post_tag") for name in _terms(post, taxonomy)
    )
    if simple != post.terms:
        said["terms"] = kept_all(post.terms)
    return said


def kept_all(records: tuple[msgspec.Struct, ...]) -> list[dict[str, Any]]:
    """Keep each of several records."""
    return [kept(one) for one in records]
