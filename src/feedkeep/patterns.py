"""Regular expressions that are compiled when they are first used.

Compiling takes longer than most searches, and one command needs few of the expressions in the modules that it loads.
"""

from __future__ import annotations

import re
from typing import Any, cast


def pattern(source: str, flags: int | re.RegexFlag = 0) -> re.Pattern[str]:
    """Give what works as the compiled expression does; whoever asks for it first has it compiled."""
    return cast("re.Pattern[str]", _Later(source, flags))


class _Later:
    """What is asked of the expression is kept here, so that it is found at once the next time."""

    def __init__(self, source: str, flags: int | re.RegexFlag) -> None:
        self._told = source, flags
        self.pattern = source

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        found = getattr(re.compile(*self._told), name)  # which re itself keeps for the next question
        setattr(self, name, found)
        return found
