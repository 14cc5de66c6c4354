"""Typed reading of JSON whose types cannot be trusted: a wrong type is a note, never an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes


class Loose:
    """One JSON object; remembers which of its keys were asked for."""

    def __init__(self, held: dict[str, Any], notes: Notes, *, source: str, record: str | None = None) -> None:
        self._held = held
        self._notes = notes
        self._source = source
        self._record = record
        self._asked: set[str] = set()

    def text(self, key: str) -> str | None:
        """Give a string; numbers become strings, "" counts as absent."""
        value = self._value(key)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            self._notes.altered(f"{key} is a number, kept as text", **self._where(key))
            return str(value)
        self._wrong(key, "text")
        return None

    def required(self, key: str) -> str | None:
        """Give a string without which the object says nothing: that it is not there is a note."""
        value = self.text(key)
        if value is None and (self._held.get(key) is None or self._held[key] == ""):
            self._notes.dropped(f"an object without {key}", **self._where(key))
        return value

    def number(self, key: str) -> float | None:
        """Give a number; a string of digits counts."""
        value = self._value(key)
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                self._wrong(key, "a number")
                return None
        if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1 << 62):
            return value
        self._wrong(key, "a number")
        return None

    def whole(self, key: str) -> int | None:
        """Give a whole number that is not negative."""
        value = self.number(key)
        if value is None or value != value:  # noqa: PLR0124 — not a number, which is unlike itself
            return None
        if value < 0:
            self._wrong(key, "a count")
            return None
        return int(value)

    def one(self, key: str) -> Loose | None:
        """Give an object."""
        value = self._value(key)
        if value is None:
            return None
        if isinstance(value, dict):
            return Loose(value, self._notes, source=self._source, record=self._record)
        self._wrong(key, "an object")
        return None

    def many(self, key: str) -> Iterator[Loose]:
        """Yield the objects of a list."""
        for value in self._list(key):
            if isinstance(value, dict):
                yield Loose(value, self._notes, source=self._source, record=self._record)
            else:
                self._wrong(key, "a list of objects")

    def objects(self, key: str) -> Iterator[dict[str, Any]]:
        """Yield the objects of a list as they stand."""
        for value in self.many(key):
            yield value.rest()

    def texts(self, key: str) -> Iterator[str]:
        """Yield the strings of a list."""
        for value in self._list(key):
            if isinstance(value, str):
                if value:
                    yield value
            else:
                self._wrong(key, "a list of texts")

    def raw(self, key: str) -> Any:  # noqa: ANN401
        """Give the value as it stands."""
        return self._value(key)

    def repeats(self, key: str, listed: str) -> bool:
        """Tell whether the object ``key`` says nothing that the first of ``listed`` does not; asks for neither."""
        one, many = self._held.get(key), self._held.get(listed)
        first = many[0] if isinstance(many, list) and many else None
        return isinstance(one, dict) and isinstance(first, dict) and all(first.get(k) == v for k, v in one.items())

    def rest(self) -> dict[str, Any]:
        """Give what was never asked for."""
        return {key: value for key, value in self._held.items() if key not in self._asked}

    def _value(self, key: str) -> Any:  # noqa: ANN401
        self._asked.add(key)
        return self._held.get(key)

    def _list(self, key: str) -> list[Any]:
        value = self._value(key)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        self._wrong(key, "a list")
        return []

    def _wrong(self, key: str, wanted: str) -> None:
        self._notes.dropped(f"{key} is not {wanted}", **self._where(key))

    def _where(self, key: str) -> dict[str, str | None]:
        return {"source": self._source, "record": self._record, "field": key}
