"""Which record came back as which, where a target keeps neither ids nor addresses: by what a reader would know it by."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from feedkeep.content.render import html
from feedkeep.content.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from feedkeep.models import Comment, Content, Media, Person, Post, Term

Keys = tuple[tuple[object, ...], ...]  # groups, the strongest first: as many for every record, empty ones among them

_R = TypeVar("_R", bound=msgspec.Struct)
_WORDS = 300  # characters of a text that tell it from others


class Pool(Generic[_R]):
    """Records that came back, each to be paired once."""

    def __init__(self, records: Iterable[_R], keys: Callable[[_R], Keys]) -> None:
        self._keys = keys
        self._held: dict[tuple[int, object], list[_R]] = defaultdict(list)
        self._left: dict[int, _R] = {}
        for record in records:
            self._left[id(record)] = record
            for level, group in enumerate(keys(record)):
                for key in group:
                    self._held[level, key].append(record)

    def paired(self, wanted: Sequence[_R], *, by_place: bool = True) -> list[_R | None]:
        """Give what each of ``wanted`` came back as, or None.

        The strongest keys of all come before the weaker ones of any. Where as many are left on both sides in the
        end, and ``by_place`` allows it, they are paired in their order.
        """
        found: dict[int, _R] = {}
        keys = [self._keys(record) for record in wanted]
        for level in range(max(map(len, keys), default=0)):
            for place, groups in enumerate(keys):
                if place not in found and (back := self._take(level, groups[level])) is not None:
                    found[place] = back
        missing = [place for place in range(len(wanted)) if place not in found]
        if by_place and len(missing) == len(self._left):
            found.update(zip(missing, self._left.values(), strict=True))
            self._left = {}
        return [found.get(place) for place in range(len(wanted))]

    def _take(self, level: int, group: tuple[object, ...]) -> _R | None:
        for key in group:
            for record in self._held.get((level, key), ()):
                if self._left.pop(id(record), None) is not None:
                    return record
        return None


def post_keys(post: Post) -> Keys:
    """Know a post by its title and date, its slug, its words, its title."""
    when = None if post.published is None else int(post.published.timestamp())
    return (
        ((post.title, when),) if post.title and when is not None else (),
        ((post.kind, post.slug),) if post.slug else (),
        tuple(words(post.content or post.summary)),
        (post.title,) if post.title else (),
        (when,) if when is not None else (),
    )


def comment_keys(comment: Comment) -> Keys:
    """Know a comment by its ids, by who said what when, and then by ever less of that."""
    name = comment.author.name if comment.author is not None else None
    when = None if comment.published is None else int(comment.published.timestamp())
    said = tuple(words(comment.content))
    return (
        (comment.id, *comment.aliases),
        tuple((name, when, one) for one in said) if when is not None else (),
        ((name, when),) if when is not None else (),
        tuple((name, one) for one in said),
        tuple((when, one) for one in said) if when is not None else (),
        (when,) if when is not None else (),
    )


def aligned(
    inside: tuple[msgspec.Struct, ...], came: tuple[msgspec.Struct, ...]
) -> Iterator[tuple[msgspec.Struct, msgspec.Struct]]:
    """Pair what stands within a record, by place; people and terms, which a target may put in another order, by name."""
    names = [getattr(one, "name", None) for one in inside]
    if None in names or names == [getattr(one, "name", None) for one in came]:
        yield from zip(inside, came, strict=False)
        return
    for one, other in zip(inside, Pool(came, _name_keys).paired(inside), strict=True):
        if other is not None:
            yield one, other


def _name_keys(record: msgspec.Struct) -> Keys:
    name, of = getattr(record, "name", None), getattr(record, "taxonomy", None)
    return ((name, of),), (name,)


def words(content: Content | None) -> Iterator[str]:
    """Give the beginning of a text as it is read, whatever its form and its punctuation; nothing where there is none."""
    if content is not None and content.value:
        text = "".join(filter(str.isalnum, plain(html(content))[: 2 * _WORDS].casefold()))
        if text:
            yield text[:_WORDS]


def by_keys(
    records: Iterable[_R], keys: Callable[[_R], Iterator[object]], held: dict[object, _R] | None = None
) -> dict[object, _R]:
    """Index the records of a list; the first of a key has it."""
    held = {} if held is None else held
    for record in records:
        for key in keys(record):
            held.setdefault(key, record)
    return held


def person_keys(person: Person) -> Iterator[object]:
    """Know a person by id, then by name."""
    if person.id:
        yield "id", person.id
    if person.name:
        yield "name", person.name


def term_keys(term: Term) -> Iterator[object]:
    """Know a term by slug and name in its taxonomy, then by name, for targets that do not tell taxonomies apart."""
    if term.slug:
        yield term.taxonomy, "slug", term.slug
    yield term.taxonomy, "name", term.name
    yield "name", term.name


def media_keys(media: Media) -> Iterator[object]:
    """Know a file by its ids, its address, its bytes."""
    yield media.id
    yield from media.aliases
    for kind, value in (("url", media.url), ("sha256", media.sha256)):
        if value:
            yield kind, value
