"""A review as a schema.org Review in JSON-LD, and back."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from feedkeep.models import Item, Rating, Review
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

# kind → (schema.org type, the property that holds who made it)
_KINDS: dict[str, tuple[str, str]] = {
    "album": ("MusicAlbum", "byArtist"),
    "book": ("Book", "author"),
    "event": ("Event", "performer"),
    "game": ("Game", "creator"),
    "movie": ("Movie", "director"),
    "place": ("Place", "creator"),
    "play": ("Play", "author"),
    "podcast": ("PodcastSeries", "author"),
    "product": ("Product", "manufacturer"),
    "recording": ("MusicRecording", "byArtist"),
    "restaurant": ("Restaurant", "founder"),
    "series": ("TVSeries", "director"),
    "software": ("SoftwareApplication", "author"),
    "videogame": ("VideoGame", "author"),
}
_TYPES = {name.lower(): kind for kind, (name, _) in _KINDS.items()}
_MAKERS = ("director", "author", "byArtist", "creator", "performer", "manufacturer", "founder")
_REVIEWS = frozenset({"review", "criticreview", "userreview", "employerreview", "mediareview", "recommendation"})
_OURS = "urn:feedkeep:1#"  # properties that schema.org has no word for
_NUMBER = pattern(r"-?\d+(?:[.,]\d+)?")
_YEAR = pattern(r"\d{4}(?!\d)")
_IMDB = pattern(r"imdb\.com/title/(tt\d+)")
_TMDB = pattern(r"themoviedb\.org/(?:movie|tv)/(\d+)")


def to_json_ld(review: Review) -> dict[str, Any]:
    """Give the review as a schema.org Review; :func:`from_json_ld` gives it back field by field.

    What schema.org has no word for (watched, spoiler, rewatch, extra) has a name that begins with "urn:feedkeep:1#",
    which is a full address and hence valid JSON-LD without a context of its own.
    """
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Review",
        "itemReviewed": _item_to_json_ld(review.item),
    }
    if review.rating is not None:
        told["reviewRating"] = {
            "@type": "Rating",
            "ratingValue": _plain_number(review.rating.value),
            "bestRating": _plain_number(review.rating.best),
            "worstRating": _plain_number(review.rating.worst),
        }
    if review.summary is not None:
        told["name"] = review.summary
    ours = {
        "watched": review.watched.isoformat() if review.watched else None,
        "spoiler": review.spoiler,
        "rewatch": review.rewatch,
        "extra": review.extra or None,
    }
    return told | {_OURS + name: value for name, value in ours.items() if value is not None}


def _item_to_json_ld(item: Item) -> dict[str, Any]:
    kind, maker = _KINDS.get(item.kind or "", ("Thing", "creator"))
    told: dict[str, Any] = {"@type": kind, "name": item.name}
    if item.kind is not None and item.kind not in _KINDS:
        told[_OURS + "kind"] = item.kind
    if item.year is not None:
        if 1000 <= item.year <= 9999:
            told["datePublished"] = str(item.year)
        else:
            told[_OURS + "year"] = item.year
    if item.creators:
        told[maker] = [{"@type": "Person", "name": name} for name in item.creators]
    if item.url is not None:
        told["url"] = item.url
    if item.image is not None:
        told["image"] = item.image
    if item.ids:
        told["identifier"] = [
            {"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in item.ids.items()
        ]
    return told


def _plain_number(value: float) -> float:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def from_json_ld(data: Mapping[str, Any]) -> Review | None:
    """Read a schema.org Review, ours or another's; None for what is not one or does not name what it is about."""
    if not isinstance(data, dict) or not _REVIEWS & _types(data):
        return None
    about = _first(data.get("itemReviewed"))
    item = _item_from(about) if isinstance(about, dict) else None
    if isinstance(about, str) and about:
        item = Item(name=about)
    if item is None:
        return None
    extra = data.get(_OURS + "extra")
    spoiler, rewatch = data.get(_OURS + "spoiler"), data.get(_OURS + "rewatch")
    return Review(
        item=item,
        rating=_rating_from_json_ld(_first(data.get("reviewRating"))),
        watched=_day(data.get(_OURS + "watched")),
        spoiler=spoiler if isinstance(spoiler, bool) else None,
        rewatch=rewatch if isinstance(rewatch, bool) else None,
        summary=_text(data.get("name", data.get("headline"))),
        extra=extra if isinstance(extra, dict) else {},
    )


def _item_from(data: dict[str, Any]) -> Item | None:
    name = _text(data.get("name"))
    if name is None:
        return None
    kind = _text(data.get(_OURS + "kind"))
    if kind is None:
        kind = next(
            (_TYPES.get(word, word) for word in sorted(_types(data)) if word not in {"thing", "creativework"}), None
        )
    maker = _KINDS.get(kind or "", ("", "creator"))[1]
    makers = next((data[key] for key in (maker, *_MAKERS) if data.get(key)), ())
    year = data.get(_OURS + "year")
    if not isinstance(year, int) or isinstance(year, bool):
        dated = _YEAR.match(_text(data.get("datePublished", data.get("dateCreated"))) or "")
        year = int(dated[0]) if dated else None
    return Item(
        name=name,
        kind=kind,
        year=year,
        creators=tuple(found for one in many(makers) if (found := _text(one)) is not None),
        url=_text(data.get("url")),
        image=_text(data.get("image")),
        ids=_ids(data),
    )


def _ids(data: dict[str, Any]) -> dict[str, str]:
    ids: dict[str, str] = {}
    for one in many(data.get("identifier")):
        if (
            isinstance(one, dict)
            and isinstance(one.get("propertyID"), str)
            and isinstance(one.get("value"), (str, int))
        ):
            ids[one["propertyID"]] = str(one["value"])
    if isinstance(data.get("isbn"), str):
        ids.setdefault("isbn", data["isbn"])
    for address in many(data.get("sameAs")):
        for scheme, known in (("imdb", _IMDB), ("tmdb", _TMDB)):
            if isinstance(address, str) and (found := known.search(address)):
                ids.setdefault(scheme, found[1])
    return ids


def _rating_from_json_ld(data: object) -> Rating | None:
    """Read a rating; what it does not say of its scale is 1 to 5 (schema.org, bestRating and worstRating)."""
    if not isinstance(data, dict):
        return None
    value = number(data.get("ratingValue"))
    best, worst = number(data.get("bestRating")), number(data.get("worstRating"))
    if value is None:
        return None
    return Rating(value=value, best=5.0 if best is None else best, worst=1.0 if worst is None else worst)


def number(value: object) -> float | None:
    """Read a number, or the first number of a text ("4,5"); None where there is none that is finite."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str):
        found = _NUMBER.search(value[:40])
        return float(found[0].replace(",", ".")) if found else None
    try:
        number_ = float(value)
    except OverflowError:
        return None
    return number_ if math.isfinite(number_) else None


def _types(data: dict[str, Any]) -> set[str]:
    found = (one for one in many(data.get("@type")) if isinstance(one, str))
    return {one.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for one in found}


def many(value: object) -> list[Any]:
    """Give what a property of JSON-LD holds as a list: it may hold one value or several."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: object) -> Any:  # noqa: ANN401 — JSON
    return next(iter(many(value)), None)


def _text(value: object) -> str | None:
    """Read a text, or the text that an object of JSON-LD stands for."""
    one = _first(value)
    if isinstance(one, dict):
        one = one.get("name", one.get("url", one.get("@id")))
    if isinstance(one, (int, float)) and not isinstance(one, bool):
        return str(one)
    return one if isinstance(one, str) else None


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
