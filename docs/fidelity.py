"""Measure what every format that feedkeep writes and reads again does to real documents; write docs/fidelity.md.

``python docs/fidelity.py`` needs the documents, in the folder that FEEDKEEP_CORPUS names: the page is kept with the
project, they are not. Our own sample blog is measured beside them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from feedkeep.errors import FeedkeepError
from feedkeep.fidelity import INCIDENTAL
from feedkeep.formats import EXPORTERS, exporter
from feedkeep.notes import Notes
from feedkeep.source import Source
from feedkeep.workflows.fidelity import measure
from feedkeep.workflows.field_counts import Count
from feedkeep.workflows.import_ import import_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE = Path(__file__).parent
PAGE = HERE / "fidelity.md"
SAMPLE = HERE.parent / "tests/data/sample"
# What of the corpus is measured: documents that are small tests of one rule each would only blur the counts.
GROUPS = {
    "feeds": ("feeds/feed-rs/**/*.*",),
    "WordPress": ("wxr/**/*.xml",),
    "Blogger": ("blogger/**/*.atom", "blogger/**/*.json"),
    "Ghost": ("ghost/**/*.json",),
    "comment systems": ("disqus/**/*.*",),
    "newsletters and others": ("newsletters/**/*.*", "mtif/**/*.*"),
    "saved pages": ("html/**/*.html",),
}
# The overview's columns: what people ask first.
SHOWN = {
    "posts": "Post",
    "bodies": "Content.value",
    "dates": "Post.published",
    "addresses": "Post.url",
    "authors": "Person.name",
    "terms": "Term.name",
    "comments": "Comment",
    "threads": "Comment.parent",
    "e-mails": "Person.email",
    "media": "Media",
    "reviews": "Rating.value",
    "drafts and other states": "Post.status",
}

Counts = dict[str, Count]


def archives(corpus: Path, folder: Path) -> Iterator[tuple[str, Path, int]]:
    """Import each group into an archive of its own, each document as a site: (group, archive, documents read)."""
    for number, (group, patterns) in enumerate(GROUPS.items()):
        archive = folder / str(number)
        documents = [Source.from_path(p) for one in patterns for p in sorted(corpus.glob(one)) if p.is_file()]
        yield group, archive, sum(imported(archive, one, f"d{place}") for place, one in enumerate(documents))
    yield "our sample", folder / "sample", int(imported(folder / "sample", Source.from_path(SAMPLE), "sample"))


def imported(archive: Path, source: Source, site: str) -> bool:
    """Import a document as a site of its own; False where feedkeep does not read it."""
    try:
        import_sources(archive, [source], site=site, keep_source=False, notes=Notes())
    except FeedkeepError:
        return False
    return True


def added(into: Counts, more: Counts) -> None:
    """Add counts to counts."""
    for key, count in more.items():
        total = into.setdefault(key, Count(reason=count.reason, incidental=count.incidental))
        total.held += count.held
        total.survived += count.survived
        total.changed += count.changed


def page(corpus: Path) -> str:
    """Measure, and write the page."""
    totals: dict[str, Counts] = defaultdict(dict)
    readers: dict[str, set[str]] = defaultdict(set)
    read: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        for group, archive, documents in archives(corpus, Path(folder)):
            read[group] = documents
            for name in EXPORTERS:
                sys.stderr.write(f"{group}: {name}\n")
                for result in measure(archive, name):
                    readers[name] |= set(result.importers)
                    added(totals[name], result.counts)
    again = [name for name in EXPORTERS if readers[name]]
    return "\n".join([*_head(read), *_overview(again, totals), *_formats(again, totals, readers)])


def _head(read: dict[str, int]) -> Iterator[str]:
    yield "# Fidelity, measured\n"
    yield "<!-- written by docs/fidelity.py: run `make fidelity` -->\n"
    yield (
        "Real documents were imported, written in each format that feedkeep reads again, and read again; then every field\n"
        f"of every record was compared: {', '.join(f'{count} of {group}' for group, count in read.items())}. What the\n"
        "privacy gate keeps back and kinds of post that a format is not for took no part. `feedkeep plan FORMAT --measured`\n"
        "does the same with your own archive.\n"
    )


def _overview(names: Iterable[str], totals: dict[str, Counts]) -> Iterator[str]:
    yield "## What comes back\n"
    yield "In percent of what went in, equal to the letter; a dash where none went in.\n"
    yield f"| format | {' | '.join(SHOWN)} |"
    yield f"| --- |{' ---: |' * len(SHOWN)}"
    for name in names:
        yield f"| `{name}` | {' | '.join(_percent(totals[name].get(key)) for key in SHOWN.values())} |"
    yield ""


def _percent(count: Count | None) -> str:
    if count is None or not count.held:
        return "–"
    if count.survived == count.held:
        return "100"
    return f"{min(99.9, 100 * count.survived / count.held):.1f}"


def _formats(names: Iterable[str], totals: dict[str, Counts], readers: dict[str, set[str]]) -> Iterator[str]:
    for name in names:
        yield f"## {exporter(name).label}\n"
        read_by = ", ".join(f"`{one}`" for one in sorted(readers[name]))
        yield f"Written by `{name}`, read by {read_by}.\n"
        rows = [(key, count) for key, count in sorted(totals[name].items()) if count.survived < count.held]
        whole = sum(count.survived == count.held for count in totals[name].values())
        yield f"{whole} fields came back as they were, wherever they were.\n"
        if rows:
            yield "| field | held | same | changed | lost | declared |"
            yield "| --- | ---: | ---: | ---: | ---: | --- |"
            for key, count in rows:
                said = count.reason or ("a note of feedkeep's own" if key in INCIDENTAL else "")
                cells = (f"{n:,}" for n in (count.held, count.survived, count.changed, count.lost))
                yield f"| {key} | {' | '.join(cells)} | {said} |"
            yield ""


if __name__ == "__main__":
    named = os.environ.get("FEEDKEEP_CORPUS")
    if not named:
        raise SystemExit("name the folder of documents in FEEDKEEP_CORPUS")
    PAGE.write_text(page(Path(named)), "utf-8")
