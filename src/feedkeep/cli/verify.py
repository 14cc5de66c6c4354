"""``feedkeep verify``."""

import typer

from feedkeep.cli import console, options
from feedkeep.errors import ArchiveError


def verify(
    *,
    archive: options.ArchiveDir = options.ARCHIVE,
    site: options.Sites = None,
    as_json: options.AsJson = False,
) -> None:
    """Check that the archive is whole: files, hashes, threads, index. Exits with 4 where it is not."""
    from feedkeep.workflows import verify as workflow

    with console.progress() as bar:
        report = workflow.verify(archive, sites=tuple(site or ()), progress=bar)
    if as_json:
        console.report(report)
    else:
        console.table((finding.path, finding.what) for finding in report.findings)
        parts = {
            "conversation": report.files,
            "comment": report.comments,
            "media file": report.media,
            "kept source": report.sources,
        }
        console.say(", ".join(console.plural(number, word) for word, number in parts.items()) + " checked")
        console.say(console.plural(len(report.findings), "finding") if report.findings else "all is well")
    if report.findings:
        raise typer.Exit(ArchiveError.exit_code)
