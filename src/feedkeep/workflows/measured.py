"""What an export wrote and what it left behind, noted while the records go by."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from feedkeep.fidelity import INCIDENTAL
from feedkeep.models import Comment, Person, Post, Site
from feedkeep.selection import COMMENT_GATE, POST_GATE, Private
from feedkeep.views.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.formats import Exporter
    from feedkeep.models import Media, Snapshot, StoredFile, Term

_R = TypeVar("_R", bound=msgspec.Struct)


class Loss(msgspec.Struct, kw_only=True):
    """What the target cannot hold of the records at hand."""

    reason: str
    count: int = 0
    dropped: bool = True  # False: it is there, but does not read back as it was
    incidental: bool = False  # nobody who reads the blog misses it; see feedkeep.fidelity.INCIDENTAL
    advice: str | None = None  # what to do about it


class ExportReport(msgspec.Struct, kw_only=True):
    """What an export wrote, and what it left behind."""

    format: str
    destination: str
    site: str
    files: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    posts: int = 0
    comments: int = 0
    paths: list[str] = []  # of the files written
    losses: dict[str, Loss] = {}  # by "Model.field", of the records that were written anew
    held_back: dict[str, int] = {}  # private matter that the gate kept, by its name
    private_inside: dict[str, int] = {}  # private matter that is in the output
    other_kinds: dict[str, int] = {}  # pages and the like, which a feed leaves out unless --kind asks for them


class Measured(View):
    """A snapshot that notes what each record going through it loses and holds of private matter."""

    def __init__(self, snapshot: Snapshot, exporter: Exporter, report: ExportReport) -> None:
        super().__init__(snapshot)
        self._losses = exporter.losses
        self._own = exporter.name
        self._report = report
        self._seen: set[int] = set()  # hashes of names and ids: an archive has a great many

    def files(self) -> Iterator[StoredFile]:
        """The archive's own files, where nothing is changed or kept back."""
        return self.snapshot.files()

    def view_site(self, site: Site) -> Site:
        """Note the blog."""
        return self._noted(site)

    def view_person(self, person: Person) -> Person:
        """Note a person."""
        return self._noted(person)

    def view_term(self, term: Term) -> Term:
        """Note a term."""
        return self._noted(term)

    def view_post(self, post: Post) -> Post:
        """Note a post."""
        return self._noted(post)

    def view_comment(self, comment: Comment) -> Comment:
        """Note a comment."""
        return self._noted(comment)

    def view_medium(self, media: Media) -> Media:
        """Note a media file."""
        return self._noted(media)

    def digests(self, *, oldest_first: bool = False) -> Iterator[tuple[str, str]]:
        """Digests: what is looked at stays as it is."""
        return self.snapshot.digests(oldest_first=oldest_first)

    def threads(self) -> Iterator[tuple[str, str, int]]:
        """Posts that have comments, likewise."""
        return self.snapshot.threads()

    def posts(self, *, oldest_first: bool = False, offset: int = 0, bodiless: bool = False) -> Iterator[Post]:
        """Posts; of those without their bodies nothing is written, so nothing is lost."""
        posts = self.snapshot.posts(oldest_first=oldest_first, offset=offset, bodiless=bodiless)
        return posts if bodiless else map(self._noted, posts)

    def post(self, post_id: str, *, bodiless: bool = False) -> Post | None:
        """A post, likewise."""
        post = self.snapshot.post(post_id, bodiless=bodiless)
        return post if post is None or bodiless else self._noted(post)

    def _noted(self, record: _R) -> _R:
        key = hash((type(record), getattr(record, "id", None) or getattr(record, "slug", None)))
        if key in self._seen:
            return record
        self._seen.add(key)
        for lost, why, dropped in self._losses.of(record, self._own):
            loss = self._report.losses.get(lost)
            if loss is None:
                advice = self._losses.advice.get(lost)
                loss = Loss(reason=why, dropped=dropped, incidental=lost in INCIDENTAL, advice=advice)
                self._report.losses[lost] = loss
            loss.count += 1
        inside = self._report.private_inside
        for matter in private_matter(record):
            inside[matter] = inside.get(matter, 0) + 1
        if isinstance(record, Comment):
            self._report.comments += 1
        return record


def measure_all(measured: Measured) -> None:
    """Let every record go by."""
    for post in measured.posts():
        for _ in measured.comments(post.id):
            pass
    for records in (measured.people(), measured.terms(), measured.media(), [measured.site]):
        for _ in records:
            pass


def private_matter(record: msgspec.Struct) -> Iterator[Private]:
    """Name the private matter that a record holds, each kind once."""
    if isinstance(record, Post):
        matter = POST_GATE[record.status or "published"]
        if matter is not None:
            yield matter
        if record.password is not None:
            yield "protected"
    people: tuple[Person, ...] = ()
    if isinstance(record, (Post, Site)):
        people = record.authors
    elif isinstance(record, Comment):
        matter = COMMENT_GATE[record.status or "approved"]
        if matter is not None:
            yield matter
        if record.ip is not None:
            yield "ip"
        people = (record.author,) if record.author is not None else ()
    elif isinstance(record, Person):
        people = (record,)
    if any(person.email for person in people):
        yield "email"
