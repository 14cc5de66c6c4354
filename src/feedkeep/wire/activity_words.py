"""Objects of ActivityStreams 2.0 (https://www.w3.org/TR/activitystreams-vocabulary/) as they are written."""

from __future__ import annotations

import html
import math
import re
from typing import TYPE_CHECKING, Any

from feedkeep.ids import made_id
from feedkeep.wire.dates import rfc3339
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    import datetime as dt

    from feedkeep.models import Enclosure, Link, Person

_IRI = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>\\^`{|}]+""")  # RFC 3987 section 2.2, as far as it matters
_FILES = {"image": "Image", "audio": "Audio", "video": "Video"}


def actor(person: Person) -> dict[str, Any]:
    """Give a person: by the id where it is an IRI, else with the name that it is on the server."""
    known = _line(person.id)
    is_iri = known is not None and _IRI.fullmatch(known)
    return held(
        type="Person",
        id=known if is_iri else None,
        name=_line(person.name),
        preferredUsername=None if is_iri else known,
        url=_line(person.url),
        icon=picture(person.avatar),
    )


def attachment(one: Enclosure) -> dict[str, Any]:
    """Give a file that belongs to a post."""
    media_type = _line(one.type)
    return held(
        type=_FILES.get((media_type or "").partition("/")[0].lower(), "Document"),
        mediaType=media_type,
        url=_line(one.url),
        name=_line(one.title),
        duration=_duration(one.duration),
    )


def _duration(seconds: float | None) -> str | None:
    if seconds is None or not 0 <= seconds < math.inf:
        return None
    return "PT" + f"{seconds:f}".rstrip("0").rstrip(".") + "S"


def link(link: Link) -> dict[str, Any]:
    """Give a link, or a mention of somebody."""
    mention = link.rel == "mention"
    return held(
        type="Mention" if mention else "Link",
        href=_line(link.href),
        rel=None if mention else _line(link.rel),
        mediaType=_line(link.type),
        hreflang=_line(link.hreflang),
        name=_line(link.title),
    )


def picture(url: str | None) -> dict[str, Any] | None:
    """Give a picture by its address."""
    told = _line(url)
    return None if told is None else {"type": "Image", "url": told}


def named(kind: str, record_id: str) -> dict[str, Any]:
    """Give the id as the IRI that section 4.1 demands, and beside it the one that it was made of."""
    told = _line(record_id)
    if told is not None and _IRI.fullmatch(told):
        return {"id": told}
    return held(id=made_id(kind, record_id), atomUri=told)


def escaped(text: str | None) -> str | None:
    """Give plain words as the HTML that a summary is."""
    told = _line(text)
    return None if told is None else html.escape(told, quote=False)


def date(moment: dt.datetime | None) -> str | None:
    """Give a moment as xsd:dateTime."""
    return None if moment is None else rfc3339(moment)


def held(**values: Any) -> dict[str, Any]:  # noqa: ANN401
    """Leave out what is not known."""
    return {key: value for key, value in values.items() if value is not None and value not in ([], {})}


def _line(value: str | None) -> str | None:
    return None if value is None else legal(value) or None
