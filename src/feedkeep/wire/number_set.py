"""Which numbers came by already, in little memory."""

from __future__ import annotations

from array import array

_SMALLEST = 1 << 10  # places
_MIX = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio: spreads numbers that lie close together
_LARGEST = (1 << 64) - 1


class Numbers:
    """A set of positive 64-bit numbers in 11 to 21 bytes each: open addressing in one array."""

    def __init__(self) -> None:
        self._places = array("Q", [0]) * _SMALLEST
        self._held = 0

    def add(self, number: int) -> bool:
        """Remember ``number``; False where it was there before."""
        if 4 * self._held >= 3 * len(self._places):
            self._grow()
        at = self._place(number)
        if self._places[at]:
            return False
        self._places[at] = number
        self._held += 1
        return True

    def add_text(self, text: str) -> bool:
        """Remember a text by its hash."""
        return self.add(hash(text) & _LARGEST or 1)

    def _place(self, number: int) -> int:
        mask = len(self._places) - 1
        at = (number * _MIX >> 20) & mask
        while self._places[at] and self._places[at] != number:
            at = (at + 1) & mask
        return at

    def _grow(self) -> None:
        before = self._places
        self._places = array("Q", [0]) * (2 * len(before))
        for number in before:
            if number:
                self._places[self._place(number)] = number
