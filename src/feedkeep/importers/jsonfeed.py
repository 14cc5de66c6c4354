"""JSON Feed 1 and 1.1: https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

from feedkeep.formats import Importer
from feedkeep.wire import jsonfeed

IMPORTER = Importer(
    name="jsonfeed", label="JSON Feed 1 and 1.1", kind="feed", detect=jsonfeed.detect, read=jsonfeed.read
)
