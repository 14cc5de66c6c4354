"""What became of feeds and their histories, as people read it."""

from typing import TYPE_CHECKING

from feedkeep.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.workflows.follow import Synced

_SHOWN = 5  # of what is missing


def rows(results: "Iterable[Synced]") -> "Iterator[tuple[str, ...]]":
    """Say of each feed in a line what came of it."""
    for result in results:
        what = f"{result.added:,} new, {result.updated:,} edited" if result.outcome == "new" else ""
        if result.deleted:
            what += f", {result.deleted:,} deleted"
        due = f"due {result.next_due:%Y-%m-%d %H:%M}" if result.next_due and result.outcome != "new" else ""
        yield result.outcome, result.feed, what or console.one_line(result.error) or due


def say_news(result: "Synced") -> None:
    """Name what a feed brought."""
    if result.news:
        console.say(f"{result.feed}:")
    console.table(
        (
            (
                one.what,
                one.kind,
                f"by {one.title}" if one.kind == "comment" and one.title else one.title or "",
                one.url or one.id,
            )
            for one in result.news
        ),
        indent=2,
    )


def held(result: "Synced") -> str:
    """Say how much is held of what a blog claims to have."""
    found = result.completeness
    if found is None:
        return ""
    parts = {"post": found.posts, "page": found.pages, "comment": found.comments}
    return ", ".join(
        f"{part.held:,} of {console.plural(part.claimed, word)}"
        if part.claimed is not None and part.claimed > part.held
        else console.plural(part.held, word)
        for word, part in parts.items()
        if part.held or part.claimed
    )


def say_history(result: "Synced") -> None:
    """Say how the walk went, and what is not held after it."""
    walked = result.history
    if walked is None:
        return
    how = "whole" if walked.is_whole else "not at its end; sync --full goes on"
    if walked.error:
        how = f"stopped: {walked.error}"
    if walked.not_before is not None:
        how += f"; not before {walked.not_before:%Y-%m-%d %H:%M}"
    console.say(f"{result.feed}: history {how}; {console.plural(walked.asked, 'question')} asked; held: {held(result)}")
    say_lacking(result)


def say_lacking(result: "Synced") -> None:
    """Name what is known to be missing."""
    missed = result.history.missed if result.history is not None else ()
    for one in missed[:_SHOWN]:
        console.say(f"  missed {one.question.url}: {console.one_line(one.why)}")
    if len(missed) > _SHOWN:
        console.say(f"  missed {len(missed) - _SHOWN:,} more addresses; --json lists them")
    lacking = result.completeness.lacking if result.completeness is not None else ()
    for lack in lacking[:_SHOWN]:
        name = console.one_line(lack.title) or lack.url or lack.post
        console.say(f"  {name}: {console.plural(lack.claimed, 'comment')} claimed, {lack.held:,} held")
    if len(lacking) > _SHOWN:
        rest = lacking[_SHOWN:]
        short = sum(lack.claimed - lack.held for lack in rest)
        console.say(f"  {console.plural(len(rest), 'more post')} lack {short:,}; --json lists them")
