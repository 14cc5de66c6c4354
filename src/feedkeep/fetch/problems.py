"""Why there is no answer. What a server did answer, be it 404, is an :class:`~feedkeep.fetch.answers.Answer`."""

from __future__ import annotations

from feedkeep.errors import FetchError


class Refused(FetchError):  # noqa: N818 — names say what happened
    """An address that must not be asked: no web address, or one within the own network."""


class Unreachable(FetchError):  # noqa: N818
    """No whole head of an answer came: no such host, no connection, no time left, no HTTP."""


class Broken(FetchError):  # noqa: N818
    """An answer that is not whole, or not one: cut short, too large, packed in an unknown way, redirects without end."""


class TooLarge(Broken):
    """An answer that is larger than it may be; it may be whole on the other side."""
