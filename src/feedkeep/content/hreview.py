"""hReview (https://microformats.org/wiki/hreview) in the names of h-review, as its parsing rules map them.

The parser that we use maps an entry of hAtom well. Of a review it takes what is within the item or the reviewer for the
review's own.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from feedkeep.content.page_tree import classes, tree

_MARKED = re.compile(r"\bhreview(?![\w-])")
_OWN = {
    "summary": "p-name",
    "description": "e-content",
    "reviewer": "p-author",
    "reviewed": "dt-reviewed",
    "dtreviewed": "dt-reviewed",
    "rating": "p-rating",
    "best": "p-best",
    "worst": "p-worst",
    "item": "p-item",
}
_OF_THINGS = {"fn": "p-name", "url": "u-url", "photo": "u-photo", "org": "p-org"}
_RELATIONS = {"bookmark": "u-url", "tag": "p-category"}


def upgraded(text: str) -> str:
    """Give the page with its reviews called by the names of today; as it is where it has none."""
    root = tree(text) if _MARKED.search(text) else None
    if root is None:
        return text
    reviews = [one for one in root.iter(etree.Element) if "hreview" in classes(one) and "h-review" not in classes(one)]
    for review in reversed(reviews):  # the inner ones first: then they are of today
        _upgrade(review)
    return str(etree.tostring(root, encoding="unicode", method="html"))


def _upgrade(review: Any) -> None:  # noqa: ANN401 — lxml's element type is private
    walk = etree.iterwalk(review, events=("start", "end"))
    things: list[Any] = []  # an item or a card within another
    for event, one in walk:
        if event == "end":
            if things and things[-1] is one:
                things.pop()
            continue
        held = classes(one)
        if one is review or "h-review" in held or "h-entry" in held:
            if one is not review:
                walk.skip_subtree()
            continue
        names = {_OF_THINGS[name] for name in held & _OF_THINGS.keys()} if things else set()
        if not things:
            names = {_OWN[name] for name in held & _OWN.keys()}
            names |= {_RELATIONS[name] for name in (one.get("rel") or "").split() if name in _RELATIONS}
        if "item" in held or "vcard" in held:
            names.add("h-card" if "vcard" in held else "h-item")
            things.append(one)
        _call(one, names)
    _call(review, {"h-review"})


def _call(one: Any, names: set[str]) -> None:  # noqa: ANN401
    """Add class names; where there are some of today, the others are only names."""
    if names:
        one.set("class", " ".join([*(one.get("class") or "").split(), *sorted(names)]))
