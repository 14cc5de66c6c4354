"""The archive itself as a bag, RFC 8493: its files as they lie, with what proves that they still are what they were.

``data`` in a bag is an archive: ``feedkeep --archive bag/data list`` works. Nothing is left out or changed, so a bag is as
private as the archive; it cannot be of some posts alone.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from feedkeep.models import Snapshot, StoredFile
    from feedkeep.notes import Notes

_BLOCK = 1 << 18
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_ALGORITHMS = ("sha256", "sha512")  # those that every reader of bags has to know (section 2.4)

LOSSES = Losses()  # none: the archive is in it


class BagOptions(Options, frozen=True, kw_only=True):
    """What this exporter may be told."""

    organization: str | None = None  # who hands the bag over; without it, the blog


class _Sum(NamedTuple):
    size: int
    digests: tuple[str, ...]  # by algorithm


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:  # noqa: ARG001
    """Write the archive's files below ``data``, then the manifests. Raises UsageError where posts are selected."""
    files = snapshot.files()  # asked for before anything is written, since it may be refused
    organization = options.organization if isinstance(options, BagOptions) else None
    return _bag(snapshot, files, organization)


def _bag(snapshot: Snapshot, files: Iterator[StoredFile], organization: str | None) -> Iterator[OutputFile]:
    sums: dict[str, _Sum] = {}
    for file in files:
        path = f"data/{file.path}"
        yield OutputFile(path=PurePosixPath(path), chunks=_payload(file.open, path, sums))
        if path not in sums:  # whoever takes the files did not look at this one
            for _ in _payload(file.open, path, sums):
                pass
    tags = {"bagit.txt": _DECLARATION, "bag-info.txt": _info(snapshot, sums, organization)}
    for number, name in enumerate(_ALGORITHMS):
        tags[f"manifest-{name}.txt"] = _listed({path: told.digests[number] for path, told in sums.items()})
    for path, data in tags.items():
        yield OutputFile(path=PurePosixPath(path), chunks=[data])
    for name in _ALGORITHMS:
        of_tags = {path: hashlib.new(name, data).hexdigest() for path, data in tags.items()}
        yield OutputFile(path=PurePosixPath(f"tagmanifest-{name}.txt"), chunks=[_listed(of_tags)])


def _payload(opened: Callable[[], BinaryIO], path: str, sums: dict[str, _Sum]) -> Iterator[bytes]:
    """Give a file piece by piece, and note what it was when its last piece is taken."""
    digests = [hashlib.new(name) for name in _ALGORITHMS]
    size = 0
    with opened() as stream:
        while chunk := stream.read(_BLOCK):
            size += len(chunk)
            for digest in digests:
                digest.update(chunk)
            yield chunk
    sums[path] = _Sum(size, tuple(digest.hexdigest() for digest in digests))


def _listed(digests: dict[str, str]) -> bytes:
    return "".join(f"{digest}  {_written(path)}\n" for path, digest in sorted(digests.items())).encode()


def _written(path: str) -> str:
    """Write a path as manifests do: on one line, and no sign of that taken for another (section 2.1.3)."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _info(snapshot: Snapshot, sums: dict[str, _Sum], organization: str | None) -> bytes:
    """Describe the bag (section 2.2.2). It is dated by what is newest in it: the same archive makes the same bag."""
    site = snapshot.site
    posts = comments = 0
    newest: dt.datetime | None = None
    for post in snapshot.posts(oldest_first=True):
        posts += 1
        # the day of a scheduled post has not come
        moments = [] if post.status == "scheduled" else [post.published, post.updated, post.deleted]
        for comment in snapshot.comments(post.id):
            comments += 1
            moments += [comment.published, comment.updated, comment.deleted]
        newest = max((moment for moment in (newest, *moments) if moment is not None), default=None)
    for _ in snapshot.people():  # whose addresses are in the bag
        pass
    title = _line(site.title) or _line(site.url) or _line(site.id)
    told = {
        "Source-Organization": _line(organization) or title,
        "External-Description": f"{title}: {posts:,} posts, {comments:,} comments. An archive of feedkeep.",
        "External-Identifier": _line(site.id),
        "Bagging-Date": newest.date().isoformat() if newest is not None else "",
        "Payload-Oxum": f"{sum(one.size for one in sums.values())}.{len(sums)}",
        "Bag-Software-Agent": "feedkeep",
    }
    return "".join(f"{label}: {value}\n" for label, value in told.items() if value).encode("utf-8", "replace")


def _line(value: str | None) -> str:
    return " ".join(legal(value or "").split())


EXPORTER = Exporter(
    name="bagit",
    label="Bag of the whole archive (BagIt)",
    losses=LOSSES,
    audience="migration",
    write=write,
    options=BagOptions,
    merges=True,
    rooted=True,
)
