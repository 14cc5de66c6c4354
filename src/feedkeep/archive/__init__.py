"""The archive: plain files, one conversation each, with a cache beside them. docs/archive-format.md is the format."""

from __future__ import annotations

from feedkeep.archive.conversation import Conversation as Conversation
from feedkeep.archive.past import PastSite as PastSite
from feedkeep.archive.river import River as River
from feedkeep.archive.shown import Shown as Shown
from feedkeep.archive.site import SiteArchive as SiteArchive
from feedkeep.archive.store import Archive as Archive
from feedkeep.archive.versions import Origin as Origin
from feedkeep.archive.writing import Writing as Writing
from feedkeep.archive.writing import commit as commit
