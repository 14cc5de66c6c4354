"""The only place that asks for the time."""

from __future__ import annotations

import datetime as dt
import os
import time

from feedkeep.errors import UsageError


def now() -> dt.datetime:
    """Give the present moment in UTC, or the one that ``SOURCE_DATE_EPOCH`` sets, to the second.

    Raises UsageError where the variable is set to something else than a number of seconds.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        seconds = int(fixed) if fixed else int(time.time())
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is {fixed!r}, which is not a number of seconds since 1970") from error
