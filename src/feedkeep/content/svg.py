"""Drawings without what could run or call home: SVG is a document, and whoever opens it on a site is on that site."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from feedkeep.content.tags import words

LARGEST = 20_000_000  # bytes
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
# SVG 1.1 and 2 without script, handler, foreignObject, and what embeds other documents.
_ELEMENTS = words(
    "a animate animateMotion animateTransform circle clipPath defs desc ellipse feBlend feColorMatrix "
    "feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow "
    "feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset "
    "fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter g image line linearGradient marker mask "
    "metadata mpath path pattern polygon polyline radialGradient rect set stop style svg switch symbol text textPath "
    "title tspan use view"
)
_MOVING = words("animate animateMotion animateTransform set")
_INLINE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,", re.IGNORECASE)
# What in a style leads elsewhere, or is spelt so that a glance would miss it.
_LEADS_AWAY = re.compile(
    r"@import|url\s*\(\s*[\"']?\s*(?!#|data:image/(?:png|jpeg|gif|webp);)|expression\s*\(|javascript:|\\|-moz-binding",
    re.IGNORECASE,
)


def disarmed(data: bytes) -> bytes | None:
    """Give a drawing without scripts, handlers, other documents and addresses elsewhere; None for what is no drawing."""
    if len(data) > LARGEST:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root.tag != f"{{{_SVG}}}svg":
        return None
    for element in list(root.iter()):
        if not _is_harmless(element) and element is not root:
            _remove(element)
        elif isinstance(element.tag, str):
            _clean(element)
    # of the root alone: no doctype, no instruction that names a style sheet
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _is_harmless(element: Any) -> bool:  # noqa: ANN401 — lxml's element type is private
    if not isinstance(element.tag, str):  # a comment, an instruction, an entity
        return False
    space, _, name = element.tag.rpartition("}")
    if space[1:] != _SVG or name not in _ELEMENTS:
        return False
    if name in _MOVING and not _may_move(element.get("attributeName", "")):
        return False
    return name != "style" or (len(element) == 0 and not _LEADS_AWAY.search(element.text or ""))


def _may_move(attribute: str) -> bool:
    local = attribute.rpartition(":")[2].strip().lower()
    return local != "href" and not local.startswith("on") and local != "style"


def _clean(element: Any) -> None:  # noqa: ANN401 — likewise
    is_link = element.tag == f"{{{_SVG}}}a"
    for name, value in list(element.attrib.items()):
        space, _, local = name.rpartition("}")
        if local.lower() == "href":
            keep = space[1:] in {"", _XLINK} and _may_point(value, is_link=is_link)
        else:
            keep = space[1:] in {"", _XML} and not local.lower().startswith("on") and not _LEADS_AWAY.search(value)
            keep = keep and local.lower() not in {"base", "src"}
        if not keep:
            del element.attrib[name]


def _may_point(value: str, *, is_link: bool) -> bool:
    target = "".join(value.split())
    if target.startswith("#") or _INLINE.match(target):
        return True
    return is_link and target.lower().startswith(("http://", "https://", "mailto:"))


def _remove(element: Any) -> None:  # noqa: ANN401 — likewise
    """Take an element out with all that is in it; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
        element.tail = None
    parent.remove(element)
