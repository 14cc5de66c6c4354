"""Reviews as a block that every feed reader shows, as schema.org JSON-LD, and as found in a post's HTML."""

from __future__ import annotations

import html as entities
import json
import math
import re
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.content.schema_org import from_json_ld, many, to_json_ld
from feedkeep.content.tags import tokens
from feedkeep.models import Rating
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Review

__all__ = ["as_html", "find", "from_json_ld", "on_scale", "rating", "stars", "strip_html", "to_json_ld"]

_HALVES = pattern(r"[\ud800-\udfff]|\\u[dD][89a-fA-F]")  # of surrogate pairs, which no record can hold alone
_BLOCK = pattern(r'(?:\s*<div class="feedkeep-review h-review">(?:(?!</?div).)*+</div>)+', re.DOTALL)

_STARS = pattern(r"([★⭐*]{1,5})\ufe0f?☆*(½|1/2)?☆*")
_RATED = pattern(r"(\d{1,6}(?:\.\d{1,6})?)\s*(?:(?:/|of|out of)\s*(\d{1,6}(?:\.\d{1,6})?)|(%))?")


def as_html(review: Review) -> str:
    """Give the review as one block of HTML with h-review classes, for the top of a post's body."""
    item = review.item
    name = f'<cite class="p-name">{entities.escape(item.name)}</cite>'
    if item.url and re.match(r"https?://", item.url):
        name = f'<a class="u-url" href="{entities.escape(item.url)}">{name}</a>'
    about = [f'<span class="p-item h-cite">{name}</span>']
    if item.year is not None:
        about.append(f"({item.year})")
    if item.creators:
        about.append("by " + entities.escape(", ".join(item.creators), quote=False))
    parts = [" ".join(about)]
    if review.rating is not None:
        parts.append(f"<span>{_rating_html(review.rating)}</span>")
    if review.watched is not None:
        day = review.watched.isoformat()
        parts.append(
            f'{"watched again" if review.rewatch else "watched"} <time class="dt-watched" datetime="{day}">{day}</time>'
        )
    elif review.rewatch:
        parts.append("watched again")
    if review.spoiler:
        parts.append("<strong>contains spoilers</strong>")
    if review.summary:
        parts.append(f'<span class="p-summary">{entities.escape(review.summary, quote=False)}</span>')
    return f'<div class="feedkeep-review h-review">{" · ".join(parts)}</div>'


def _rating_html(rating: Rating) -> str:
    shown = _row(rating)
    value, best = f'<data class="p-rating" value="{rating.value:g}">{rating.value:g}</data>', f"{rating.best:g}"
    scale = f'{value}/<data class="p-best" value="{best}">{best}</data>'
    return f"{shown} ({scale})" if shown else scale


def strip_html(html: str) -> str:
    """Take off the blocks of :func:`as_html` that stand at the beginning, and nothing else."""
    found = _BLOCK.match(html)
    return html if found is None else html[found.end() :]


def stars(rating: Rating) -> str:
    """Show a rating as stars of five and as it was given: "★★★½ (3.5/5)"."""
    scale = f"{rating.value:g}/{rating.best:g}"
    shown = _row(rating)
    return f"{shown} ({scale})" if shown else scale


def _row(rating: Rating) -> str:
    halves = math.floor(on_scale(rating) * 2 + 0.5)
    return "★" * (halves // 2) + "½" * (halves % 2)


def rating(text: str) -> Rating | None:
    """Read a rating as people write it: ``4.5/5``, ``8 of 10``, ``85%``, ``★★★½``, ``4`` (of 5); None for what is none."""
    said = text.strip().casefold()
    stars_ = _STARS.fullmatch(said)
    if stars_:
        return Rating(value=min(5.0, len(stars_[1]) + 0.5 * bool(stars_[2])))
    found = _RATED.fullmatch(said.replace(",", "."))
    if not found:
        return None
    value, best = float(found[1]), 100.0 if found[3] else float(found[2] or 5)
    return Rating(value=value, best=best) if best > 0 and value <= best else None


def on_scale(rating: Rating, best: float = 5.0) -> float:
    """Give the rating on a scale from 0 to ``best``: 4 of 5 and 8 of 10 are the same, and so are 4 of 1–5 and of 0–5.

    A scale that begins below 0, or whose best is its lowest number, is stretched from its worst to its best.
    """
    if 0 <= rating.worst < rating.best:
        part = rating.value / rating.best
    elif rating.best != rating.worst:
        part = (rating.value - rating.worst) / (rating.best - rating.worst)
    else:
        return 0.0
    return min(max(part, 0.0), 1.0) * best if math.isfinite(part) else 0.0


def find(html: str) -> tuple[Review, ...]:
    """Find the reviews that a post's HTML states for machines: JSON-LD first, hReview and h-review where there is none.

    Pages commonly state one review both ways. Stars that only a person can see are not guessed at.
    """
    from feedkeep.content import microformats  # noqa: PLC0415 — exports write reviews, and find none

    return _stated(html) or microformats.reviews(html)


def _stated(html: str) -> tuple[Review, ...]:
    """Find the reviews in the JSON-LD scripts of a page, in their order; one that is stated twice counts once."""
    if "ld+json" not in html:
        return ()
    found: dict[bytes, Review] = {}
    script = False
    for token in tokens(html):
        if token.name == "script":
            kinds = [attribute.value for attribute in token.attributes if attribute.name == "type"]
            script = not token.closes and kinds[:1] == ["application/ld+json"]
        elif script and token.name is None:
            for data in _objects(token.text):
                review = from_json_ld(data)
                if review is not None:
                    found.setdefault(msgspec.json.encode(review, order="sorted"), review)
    return tuple(found.values())


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Walk a JSON-LD document's objects; a review within what it is about is told so."""
    try:
        waiting = [json.loads(text)]
        if _HALVES.search(text):
            whole = json.dumps(waiting, ensure_ascii=False).encode("utf-16", "surrogatepass")
            waiting = json.loads(whole.decode("utf-16", "replace"))
    except (ValueError, RecursionError):
        return
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(reversed(one))
        elif isinstance(one, dict):
            yield one
            waiting.append(one.get("@graph"))
            about = {key: value for key, value in one.items() if key not in {"review", "reviews", "@graph"}}
            within = [*many(one.get("review")), *many(one.get("reviews"))]
            waiting += [{"itemReviewed": about, **review} for review in within if isinstance(review, dict)]
