"""Declarations of namespaces that a document uses and forgot."""

from __future__ import annotations

import re

from feedkeep.wire import namespaces as ns

_USED = re.compile(r"<([A-Za-z_][\w.-]*):[A-Za-z_]|\s([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*\s*=\s*[\"']")
_DECLARED = re.compile(r"\sxmlns:([A-Za-z_][\w.-]*)\s*=")
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|entry)\b", re.IGNORECASE)
_OF_NOBODY = "urn:feedkeep:1:undeclared:"
_MEANT = {
    "atom": ns.ATOM,
    "content": ns.CONTENT,
    "dc": ns.DC,
    "dcterms": ns.DCTERMS,
    "itunes": ns.ITUNES,
    "media": ns.MEDIA,
    "rdf": ns.RDF,
    "slash": ns.SLASH,
    "sy": ns.SY,
    "thr": ns.THR,
    "wfw": ns.WFW,
    "xhtml": ns.XHTML,
}


def declared(text: str) -> tuple[str, list[str]]:
    """Declare on the first element of a feed the prefixes that are declared nowhere: (document, those prefixes)."""
    used = {one or other for one, other in _USED.findall(text)}
    missing = sorted(used - set(_DECLARED.findall(text)) - {"xml", "xmlns"})
    root = _ROOT.search(text)
    if not missing or root is None:
        return text, []
    added = "".join(f' xmlns:{prefix}="{_MEANT.get(prefix, _OF_NOBODY + prefix)}"' for prefix in missing)
    return text[: root.end()] + added + text[root.end() :], missing
