"""All printing: results go to standard output, notes and progress to standard error.

Whatever comes out of an archive or a source was written by strangers, so every text is stripped of what
could steer a terminal before it is printed.
"""

import contextlib
import json as jsonlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any, NoReturn, Self

from feedkeep.errors import FeedkeepError
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress as Bar

    from feedkeep.notes import Note, Notes

PIPE_CLOSED = 141  # what a shell reports for a program that SIGPIPE ended
_PATIENCE = 1.0  # seconds before a bar appears
_SHOWN = 5  # notes of each kind
_GAP = "  "

# Sequences that begin with ESC or its one-byte forms: CSI, then OSC, DCS, SOS, PM and APC up to their end.
_SEQUENCE = pattern(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Other control characters, and those that turn the direction of the line around them.
_CONTROL = pattern("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPACE = pattern(r"\s+")


def clean(text: str) -> str:
    """Leave out what could steer a terminal; line feeds and tabs stay."""
    return _CONTROL.sub("", _SEQUENCE.sub("", text.replace("\r\n", "\n")))


def one_line(text: str | None) -> str:
    """Clean, with all white space folded to single blanks."""
    return clean(_SPACE.sub(" ", text or "")).strip()


def say(text: str = "") -> None:
    """Print a line of the result."""
    _write(sys.stdout, clean(text) + "\n")


def hint(text: str) -> None:
    """Print a line beside the result."""
    _write(sys.stderr, clean(text) + "\n")


def fail(error: FeedkeepError) -> None:
    """Say in one line what stopped the run."""
    hint(f"feedkeep: {one_line(str(error))}")


def document(value: Any) -> None:  # noqa: ANN401 — whatever JSON can hold
    """Print one JSON document, safe for a terminal, readable for people."""
    text = jsonlib.dumps(value, ensure_ascii=False, indent=2)
    escaped = _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}" if found[0] not in "\r\n" else found[0], text)
    _write(sys.stdout, escaped + "\n")


def report(value: object, noted: "Notes | None" = None) -> None:
    """Print a workflow's report as one JSON document, with the notes of the run where there can be any."""
    import msgspec

    plain = msgspec.to_builtins(value)
    if noted is not None:
        plain["notes"] = {"counts": {str(kind): number for kind, number in noted.counts.items()}, "kept": noted.kept}
        plain["notes"]["guessed"] = dict(noted.guessed)
    document(msgspec.to_builtins(plain))


def plural(number: int, word: str) -> str:
    """Write ``1 post``, ``1,200 posts``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def size(number: int) -> str:
    """Write a number of bytes: ``17 kB``, ``2.5 MB``."""
    return f"{number / 1000:,.0f} kB" if number < 1_000_000 else f"{number / 1e6:,.1f} MB"


def table(rows: Iterable[Sequence[str]], *, indent: int = 0, right: Sequence[int] = ()) -> None:
    """Print aligned columns, a row a line; to a terminal the widest column is cut where a row is too wide."""
    from rich.cells import cell_len, set_cell_size

    held = [[one_line(cell) for cell in row] for row in rows]
    if not held:
        return
    widths = [max(cell_len(row[column]) for row in held) for column in range(len(held[0]))]
    if sys.stdout.isatty() and len(widths) > 1:
        spare = shutil.get_terminal_size().columns - indent - sum(widths) - len(_GAP) * (len(widths) - 1)
        flexible = max(range(len(widths)), key=widths.__getitem__)
        widths[flexible] = max(12, widths[flexible] + min(0, spare))
    for row in held:
        cells = []
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            fitted = cell if cell_len(cell) <= width else set_cell_size(cell, width - 1) + "…"
            padding = " " * (width - cell_len(fitted))
            cells.append(padding + fitted if column in right else fitted + padding)
        _write(sys.stdout, (" " * indent + _GAP.join(cells)).rstrip() + "\n")


def draw(what: "RenderableType") -> None:
    """Print what Rich lays out (a tree, wrapped text); piped, it is 80 columns wide and has no trailing blanks."""
    console = _rich(sys.stdout)
    if console.is_terminal:
        console.print(what)
        return
    with console.capture() as captured:
        console.print(what)
    _write(sys.stdout, "".join(line.rstrip() + "\n" for line in captured.get().splitlines()))


def notes(noted: "Notes") -> None:
    """Print the first notes of each kind, and how many there are."""
    for zone, number in sorted(noted.guessed.items()):
        hint(f"guessed: {plural(number, 'date')} without a zone taken as {one_line(zone)}; --timezone names another")
    kinds = [kind for kind in type(noted.kept[0].kind) if noted.counts[kind]] if noted.kept else []
    for kind in kinds:
        some = [note for note in noted.kept if note.kind is kind][:_SHOWN]
        for note in some:
            hint(_note(note))
        left = noted.counts[kind] - len(some)
        if left:
            hint(f"{kind}: {left:,} more; --json lists them")


def unread(names: Sequence[str]) -> None:
    """Name members of a folder or zip that nothing reads."""
    for name in names[:_SHOWN]:
        hint(f"not read: {one_line(name)}: no format that feedkeep reads")
    if len(names) > _SHOWN:
        hint(f"not read: {len(names) - _SHOWN:,} more")


@contextlib.contextmanager
def progress() -> "Iterator[Callable[[str, int, int | None], None] | None]":
    """Give a function that is told (what, done, of how many) and shows a bar; None where nobody would see it."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    with _Progress() as bar:
        yield bar


def prepare() -> None:
    """Let no character stop the program: what the terminal's encoding lacks is shown as an escape."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def finish() -> None:
    """Write out what is still held back."""
    _guarded(sys.stdout, sys.stdout.flush)


class _Progress:
    def __init__(self) -> None:
        self._began = time.monotonic()
        self._bar: Bar | None = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, what: str, done: int, total: int | None) -> None:
        if self._bar is None and time.monotonic() - self._began < _PATIENCE:
            return
        if self._bar is None:
            from rich.progress import Progress as Bar

            self._bar = Bar(console=_rich(sys.stderr), transient=True)
            self._bar.start()
        if what not in self._tasks:
            from rich.markup import escape

            self._tasks[what] = self._bar.add_task(escape(one_line(what)), total=total)
        self._bar.update(self._tasks[what], completed=done, total=total)


def _rich(stream: IO[str]) -> "Console":
    from rich.console import Console

    return Console(file=stream, markup=False, highlight=False, emoji=False, width=None if stream.isatty() else 80)


def _note(note: "Note") -> str:
    where = ":".join(str(part) for part in (note.source, note.line) if part is not None)
    about = ", ".join(part for part in (note.record, note.field) if part)
    return one_line(f"{note.kind}: {where + ': ' if where else ''}{note.what}{f' ({about})' if about else ''}")


def _write(stream: IO[str], text: str) -> None:
    _guarded(stream, lambda: stream.write(text))


def _guarded(stream: IO[str], act: Callable[[], object]) -> None:
    try:
        act()
    except BrokenPipeError:
        _leave_quietly(stream)
    except ValueError:  # closed already
        if not stream.closed:
            raise


def _leave_quietly(stream: IO[str]) -> NoReturn:
    # what Python would flush on its way out goes nowhere, or it would complain about the pipe again
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    raise SystemExit(PIPE_CLOSED)
