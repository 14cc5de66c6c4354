"""How much of a hostile source is read at most."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a hostile source may cost at most."""

    ratio: int = 200  # unpacked bytes for each packed one, beyond the first ``ratio_free`` bytes
    ratio_free: int = 16 << 20  # bytes that may be unpacked before the ratio is looked at
    members: int = 250_000  # files in a folder or zip
    depth: int = 3  # archives within archives
    whole: int = 512 << 20  # bytes that are read into memory at once, by formats that need the whole


LIMITS = Limits()
