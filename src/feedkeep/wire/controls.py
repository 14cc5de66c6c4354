"""Characters that XML cannot hold, carried through an XML parser in disguise: in private ones of plane 15."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

import msgspec

if TYPE_CHECKING:
    from feedkeep.models import Record

_Held = TypeVar("_Held", bound="Record")
_CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DISGUISED = re.compile("[\U000f0000-\U000fffff]")
_BASE = 0xF0000


def hidden(text: str) -> tuple[str, bool]:
    """Disguise them: (text, whether there were any). A text that uses plane 15 itself stays as it is."""
    if not _CONTROLS.search(text) or _DISGUISED.search(text):
        return text, False
    return _CONTROLS.sub(lambda found: chr(_BASE + ord(found[0])), text), True


def shown(record: _Held) -> _Held:
    """Undo it in every text of a record."""
    encoded = msgspec.json.encode(record).decode("utf-8")
    plain, count = _DISGUISED.subn(lambda found: f"\\u{ord(found[0]) - _BASE:04x}", encoded)
    return msgspec.json.decode(plain, type=type(record)) if count else record
