"""Atom's text constructs and content: plain, HTML, XHTML, other media, elsewhere (RFC 4287 sections 3.1 and 4.1.3).

Atom 0.3 says ``mode="escaped"``, ``"xml"`` or ``"base64"`` beside a media type, where 1.0 has one word.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from feedkeep.content.wordpress import is_password_form
from feedkeep.models import Content
from feedkeep.wire import namespaces as ns
from feedkeep.wire.addresses import joined
from feedkeep.wire.elements import has_markup, inner, text_of
from feedkeep.wire.feed_texts import is_cut, plain_title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.models import Form
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_HTML = frozenset({"html", "text/html", "application/xhtml+xml"})
_TEXT = frozenset({"", "text", "text/plain"})
_TAGGED = re.compile(r"</?[a-zA-Z][^<>]*>|&\w+;")


class Texts:
    """Reads text constructs; what cannot be decoded is noted."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self._source = source
        self._notes = notes

    def title(self, elements: Iterable[Any]) -> tuple[str | None, str | None]:
        """Give the first of them as plain text, and its markup, if it has any."""
        for element in elements:
            markup, form = self._said(element)
            if form == "html":
                found = plain_title(markup, html_is_certain=True)
            else:
                found = " ".join(markup.split()) or None, None
            if found != (None, None):  # a picture alone is a title, too
                return found
        return None, None

    def plain(self, elements: Iterable[Any]) -> str | None:
        """Give the first of them as plain text."""
        return self.title(elements)[0]

    def content(self, elements: Iterable[Any]) -> Content | None:
        """Read a body or a summary: the first that says something."""
        for element in elements:
            base = element.base
            if base and self._source.url:
                base = joined(self._source.url, base)
            kind, src = (element.get("type") or "").strip(), element.get("src")
            if src:
                address = joined(base or self._source.url, src.strip())
                return Content(value="", src=address, media_type=kind or None, base=base)
            value, form = self._said(element)
            if value.strip() and not is_password_form(value):
                known = _plain_kind(kind) in _HTML | _TEXT | {"xhtml"} or element.get("mode") is not None
                cut = form == "html" and is_cut(value)
                return Content(value=value, form=form, base=base, truncated=cut, media_type=None if known else kind)
        return None

    def _said(self, element: Any) -> tuple[str, Form]:  # noqa: ANN401 — lxml's element type is private
        kind, mode = _plain_kind(element.get("type") or ""), (element.get("mode") or "").lower()
        if mode == "base64":
            text = self._decoded(element)
            return text, "text" if kind in _TEXT and not _TAGGED.search(text) else "html"
        if has_markup(element):  # XHTML, XML of another kind, or HTML that nobody escaped
            return inner(_content_of(element), self._source.name), "html"
        text = text_of(element, self._source.name)
        if kind in _HTML:
            return text, "html"
        if kind == "xhtml" or (mode == "xml" and kind not in _TEXT):
            return inner(element, self._source.name), "html"
        if mode == "escaped":
            return text, "html" if not kind and _TAGGED.search(text) else "text"
        return text, "text"

    def _decoded(self, element: Any) -> str:  # noqa: ANN401
        text = text_of(element, self._source.name)
        try:
            return base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
        except ValueError:  # not Base64, not UTF-8
            what = "Base64 that holds no text: kept as it is"
            self._notes.altered(what, source=self._source.name, line=element.sourceline)
            return text


def _plain_kind(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()


def _content_of(element: Any) -> Any:  # noqa: ANN401
    """Leave out the div that wraps XHTML, which is no part of it (RFC 4287 section 3.1.1.3)."""
    inside = [child for child in element if isinstance(child.tag, str)]
    if len(inside) == 1 and inside[0].tag == f"{{{ns.XHTML}}}div" and not (element.text or "").strip():
        return inside[0]
    return element
