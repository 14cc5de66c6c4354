"""One tree for everything that can stop a run; each class carries its exit code.

    FeedkeepError   1
    ├── UsageError    2   what was asked for makes no sense
    ├── FormatError   3   a source cannot be read (names the source, the line and the reason)
    ├── ArchiveError  4   the archive is damaged, busy or not there
    ├── FetchError    5   the network did not give what was asked for
    └── LossError     6   the target cannot hold it all, and ``--strict`` was given

Whatever else is raised is a defect of feedkeep itself and keeps its traceback.
A message is one line: what, which, why; lower case, no full stop at the end.
"""

from __future__ import annotations

from typing import ClassVar


class FeedkeepError(Exception):
    """Anything that stops a run and is not a defect of feedkeep."""

    exit_code: ClassVar[int] = 1


class UsageError(FeedkeepError):
    """What was asked for makes no sense."""

    exit_code = 2


class FormatError(FeedkeepError):
    """A source cannot be read as the format it claims to be.

    ``source`` is the source's name, ``line`` the 1-based line where reading stopped, if known.
    ``malformed`` is set when the bytes are not even well-formed XML, so that a more forgiving
    reader may have a try.
    """

    exit_code = 3

    def __init__(
        self,
        reason: str,
        *,
        source: str | None = None,
        line: int | None = None,
        malformed: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.source = source
        self.line = line
        self.malformed = malformed

    def __str__(self) -> str:
        """Join source, line and reason: ``feed.xml:12: not well-formed``."""
        where = self.source or ""
        if self.line is not None:
            where = f"{where}:{self.line}" if where else f"line {self.line}"
        return f"{where}: {self.reason}" if where else self.reason


class ArchiveError(FeedkeepError):
    """The archive is damaged, busy or not there."""

    exit_code = 4


class FetchError(FeedkeepError):
    """The network did not give what was asked for."""

    exit_code = 5


class LossError(FeedkeepError):
    """The target cannot hold everything, and the user asked to lose nothing."""

    exit_code = 6
