"""feedkeep: keep every post and comment, publish them anywhere.

import feedkeep

feedkeep.import_into("archive", "export.xml")
for entry in feedkeep.entries("archive", tags=("film",)):
print(entry.post.title, len(entry.comments))
feedkeep.export_from("archive", "atom", "public/feeds")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from feedkeep.archive import Archive as Archive
    from feedkeep.errors import FeedkeepError as FeedkeepError
    from feedkeep.library import Entry as Entry
    from feedkeep.library import Thread as Thread
    from feedkeep.library import adopt as adopt
    from feedkeep.library import entries as entries
    from feedkeep.library import export_from as export_from
    from feedkeep.library import import_into as import_into
    from feedkeep.library import open_archive as open_archive
    from feedkeep.library import review as review
    from feedkeep.models import Comment as Comment
    from feedkeep.models import Item as Item
    from feedkeep.models import Post as Post
    from feedkeep.models import Rating as Rating
    from feedkeep.models import Review as Review
    from feedkeep.models import Site as Site
    from feedkeep.notes import Notes as Notes
    from feedkeep.selection import Selection as Selection
    from feedkeep.source import Source as Source

# Loaded when first asked for: the command line must start without all of it.
_HOMES = {
    "Archive": "archive",
    "Comment": "models",
    "Entry": "library",
    "FeedkeepError": "errors",
    "Item": "models",
    "Notes": "notes",
    "Post": "models",
    "Rating": "models",
    "Review": "models",
    "Selection": "selection",
    "Site": "models",
    "Source": "source",
    "Thread": "library",
    "adopt": "library",
    "entries": "library",
    "export_from": "library",
    "import_into": "library",
    "open_archive": "library",
    "review": "library",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name not in _HOMES:
        raise AttributeError(f"module 'feedkeep' has no attribute {name!r}")
    return getattr(import_module(f"feedkeep.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
