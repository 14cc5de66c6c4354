"""Letterboxd's export, a zip of CSV files, and each of them alone: https://letterboxd.com/data/export/.

A viewing in the diary or a review is a post with a review; a rating without one is a post of kind "rating", a list one
of kind "list", and a comment on what others wrote one of kind "reply". Films that were only marked (watched, liked,
on the watchlist) are kept with the site.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from feedkeep.content.autop import autop
from feedkeep.content.render import from_text
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Link, Person, Post, Record, Site, Term
from feedkeep.notes import Notes
from feedkeep.wire import csv_rows, letterboxd
from feedkeep.wire.intake import Intake
from feedkeep.wire.letterboxd import URI, WATCHED
from feedkeep.wire.review_services import film_review, film_title, shelves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import PostStatus
    from feedkeep.source import Source
    from feedkeep.wire.csv_rows import Row
    from feedkeep.wire.intake import Face

_HOME = "https://letterboxd.com/"
_USER = re.compile(r"[A-Za-z0-9_]{1,40}")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|\w+);")
_VIEWING = ("Date", "Name", "Year", URI, "Rating", "Rewatch", "Review", "Tags", WATCHED, "Spoilers")
_STATUS: dict[str, PostStatus] = {"deleted": "deleted", "orphaned": "private"}


def detect(source: Source) -> bool:
    """Know one of the files by the columns in its first line."""
    return b"," in source.head[:4096] and letterboxd.kind(csv_rows.header(source)) is not None


def parts(container: Source) -> Iterator[Source]:
    """Find the folders with the files that lie at the top of an export."""
    tops = [one for one in container.members() if not one.is_container and letterboxd.is_top(one.path)]
    for root in sorted({one.path.parent for one in tops if detect(one)}):
        yield container.part(root, letterboxd.is_own)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the member as the site, then viewings, ratings, lists and comments. Raises FormatError."""
    reading = _Export(source, notes)
    if source.is_container:
        reading.open({str(one.path.with_suffix("")): one for one in source.members()})
    else:
        found = letterboxd.kind(csv_rows.header(source))
        if found is None:
            raise FormatError("none of the files of a Letterboxd export", source=source.name)
        name = source.path.stem if found == "films" and source.path.stem in letterboxd.ASIDE else found
        name = {"list": "lists/" + source.path.stem, "import": "reviews"}.get(name, name)
        reading.open({name: source})
    yield from reading.intake.records(reading.records(), lambda: reading.site, _face)


class _Export:
    """One member's export, or a file of it."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self.intake = Intake(source, notes)
        self.site: Site | None = None
        self._notes = notes
        self._name = source.name
        self._files: dict[str, Source] = {}
        self._member: tuple[Person, ...] = ()
        self._viewings = letterboxd.Viewings()
        self._written: set[str] = set()  # addresses of what is the member's own

    def open(self, files: dict[str, Source]) -> None:
        """Read who it is of, and what was only marked."""
        self._files = files
        profile = next(self._rows("profile"), None)
        aside = {name: [row.cells for row in self._rows(name)] for name in (*letterboxd.ASIDE, "films")}
        for name, marked in aside.items():
            for cells in marked:
                self._address(cells)
            if marked and profile is not None:
                self._notes.noticed(f"{name}: {len(marked)} rows, which are kept with the site", source=self._name)
        if profile is not None:
            self._describe(profile, {name: marked for name, marked in aside.items() if marked})
            return
        for name, marked in aside.items():
            for cells in marked:
                what = f"{name}: {cells.get('Name') or cells.get(URI) or 'a row'} is neither reviewed nor rated"
                self._notes.skipped(what, source=self._name)

    def records(self) -> Iterator[Record]:
        """Yield everything but the site, whose description the rows wait for."""
        quiet = Notes()  # what is wrong with a row is told when it is read, not twice
        for row in self._rows("ratings", quiet):
            self._address(row.cells)
        for folder in ("", *letterboxd.HIDDEN):
            yield from self._folder(f"{folder}/" if folder else "", _STATUS.get(folder, "published"))

    def _folder(self, folder: str, status: PostStatus) -> Iterator[Record]:
        viewings = self._viewings
        quiet = Notes()
        viewings.learn(self._rows(f"{folder}diary", quiet), self._rows(f"{folder}reviews", quiet))
        for name in ("reviews", "diary"):
            for row in self._rows(folder + name):
                if name == "reviews" or not viewings.is_told(row):
                    post = self._viewing(row, status, viewings.name(row))
                    if post is not None:
                        viewings.rate(row)
                        yield post
        for row in self._rows(f"{folder}ratings"):
            if not viewings.is_rated(row):
                post = self._viewing(row, status, None, kind="rating")
                if post is not None:
                    yield post
        lists = [name for name in sorted(self._files) if name.rpartition("/")[0] == f"{folder}lists"]
        for name in lists:
            yield from self._list(name, "private" if status == "published" else status)
        if lists and not folder:
            what = f"the export does not say which lists are private, so all are kept as such: {len(lists)}"
            self._notes.noticed(what, source=self._name)
        for row in self._rows(f"{folder}comments"):
            yield self._comment(row, status)

    def _rows(self, name: str, notes: Notes | None = None) -> Iterator[Row]:
        if name not in self._files:
            return
        notes = notes or self._notes
        try:
            yield from map(letterboxd.as_exported, csv_rows.rows(self._files[name], notes))
        except FormatError as error:
            if len(self._files) == 1:
                raise
            notes.skipped(f"{name}.csv: {error.reason}", source=self._files[name].name)

    def _address(self, cells: dict[str, str]) -> None:
        row = csv_rows.Row(0, cells)
        address = row.get(URI)
        if address is not None:
            self._viewings.films.setdefault(letterboxd.film(row), address)

    def _describe(self, row: Row, aside: dict[str, list[dict[str, str]]]) -> None:
        user = row.get("Username")
        url = f"{_HOME}{user}/" if user is not None and _USER.fullmatch(user) else None
        given, family = row.get("Given Name"), row.get("Family Name")
        name = " ".join(part for part in (given, family) if part) or user
        person = Person(
            id=user, name=name, email=row.get("Email Address"), url=url, given_name=given, family_name=family
        )
        self._member = (Person(id=user, name=name, url=url),)
        rest = row.rest("Username", "Given Name", "Family Name", "Email Address", "Bio")
        extra: dict[str, Any] = {**({"profile": rest} if rest else {}), **aside}
        self.site = Site(
            id=url or made_id("site", user, name),
            url=url,
            title=name,
            description=row.get("Bio"),
            feed_urls=(f"{url}rss/",) if url else (),
            authors=(person,),
            extra={"letterboxd": extra} if extra else {},
        )

    def _viewing(self, row: Row, status: PostStatus, alias: str | None, kind: str = "post") -> Post | None:
        name, year, rating = row.get("Name"), row.get("Year"), row.get("Rating")
        if name is None:
            self._notes.skipped("a row without the name of a film", source=self._name, line=row.line)
            return None
        url = row.get(URI)
        date = row.get("Date") or row.get(WATCHED)
        record_id = url or self.intake.made("post", name, year, row.get(WATCHED), date)
        review = film_review(
            name,
            year=year,
            rating=rating,
            watched=row.get(WATCHED),
            # an empty cell of the diary is what the feed calls "No"
            rewatch=row.get("Rewatch") or ("No" if row.get(WATCHED) is not None else None),
            spoiler={"yes": True, "true": True, "no": False, "false": False}.get(row.cells.get("Spoilers", "").lower()),
            url=url if kind == "rating" else self._viewings.films.get(letterboxd.film(row)),
            ids={name: cell for name in ("tmdb", "imdb") if (cell := row.get(f"{name}ID")) is not None},
            creators=tuple(shelves(row.get("Directors"))),
        )
        read = {"Rating": review.rating, WATCHED: review.watched, "Year": review.item.year}
        for column, found in read.items():
            if row.get(column) is not None and found is None:
                what = f"{column} {row.cells[column][:80]!r} is none that Letterboxd has"
                self._notes.dropped(what, source=self._name, line=row.line, record=record_id, field=column)
        if kind == "rating":  # of the film: a viewing may have its address as well
            record_id = made_id("rating", record_id)
        elif url is not None:
            self._written.add(url)
        rest = row.rest(*_VIEWING, "tmdbID", "imdbID", "Directors")
        return Post(
            id=record_id,
            aliases=(alias,) if alias is not None else (),
            url=url if kind == "post" else None,
            kind=kind,
            title=film_title(name, year, rating),
            content=_words(row.get("Review")),
            authors=self._member,
            terms=_tags(row),
            published=self.intake.moment(date, "Date", record_id) if date else None,
            status=status,
            reviews=(review,),
            extra={"letterboxd": rest} if rest else {},
        )

    def _list(self, name: str, status: PostStatus) -> Iterator[Post]:
        """Read a list: a line that says so, a table of one row about the list, a table of its films."""
        file = self._files[name]
        found = csv_rows.records(file, self._notes)
        table: list[tuple[int, list[str]]] = []
        for line, cells in found:
            if cells[0].startswith(letterboxd.LIST):
                continue
            if cells[0] == "Position":
                found = iter([(line, cells), *found])
                break
            table.append((line, cells))
        said = next(csv_rows.named(iter(table), file, self._notes), None)
        if said is None:
            self._notes.skipped("a list that does not say what it is called", source=file.name)
            return
        slug = name.rpartition("/")[2]
        films = list(csv_rows.named(found, file, self._notes))
        url, date = said.get("URL"), said.get("Date")
        record_id = url or self.intake.made("list", said.get("Name"), date, slug)
        home = None if self.site is None else self.site.url
        self._written.add(record_id)
        rest = said.rest("Date", "Name", "Tags", "URL", "Description")
        yield Post(
            id=record_id,
            url=url,
            urls=(f"{home}list/{slug}/",) if home is not None and status == "private" else (),
            kind="list",
            slug=slug,
            title=said.get("Name"),
            content=Content(value=_listed(said.get("Description"), films)),
            authors=self._member,
            terms=_tags(said),
            published=self.intake.moment(date, "Date", record_id) if date else None,
            status=status,
            extra={"letterboxd": rest} if rest else {},
        )

    def _comment(self, row: Row, status: PostStatus) -> Post | Comment:
        target, date = row.get("Content"), row.get("Date")
        record_id = made_id("comment", "letterboxd", target, date, row.get("Comment"))
        published = self.intake.moment(date, "Date", record_id) if date else None
        content = _words(row.get("Comment"))
        if target is not None and target in self._written:
            return Comment(
                id=record_id,
                post=target,
                author=self._member[0] if self._member else None,
                content=content,
                published=published,
                status={"published": "approved", "deleted": "deleted"}.get(status, "pending"),  # type: ignore[arg-type]
            )
        return Post(
            id=record_id,
            kind="reply",
            content=content,
            authors=self._member,
            published=published,
            status=status,
            links=(Link(href=target, rel="in-reply-to"),) if target is not None else (),
        )


def _tags(row: Row) -> tuple[Term, ...]:
    return tuple(Term(name=name, taxonomy="post_tag") for name in shelves(row.get("Tags")))


def _words(text: str | None) -> Content | None:
    """Give a text as members write it: lines, and a few of HTML's elements among them."""
    if text is None:
        return None
    return Content(value=text, form="wordpress" if _MARKUP.search(text) else "text")


def _listed(description: str | None, films: list[Row]) -> str:
    said = [_paragraphs(description)] if description else []
    items = []
    for film in films:
        name = html.escape(film.get("Name") or "", quote=False)
        url, year = film.get("URL"), film.get("Year")
        shown = f'<a href="{html.escape(url)}">{name}</a>' if url else name
        note = film.get("Description")
        items.append(f"<li>{shown}{f' ({html.escape(year)})' if year else ''}{_paragraphs(note) if note else ''}</li>")
    if items:
        said.append("<ol>\n" + "\n".join(items) + "\n</ol>")
    return "\n".join(said)


def _paragraphs(text: str) -> str:
    return autop(text) if _MARKUP.search(text) else from_text(text)


def _face(record: Post | Comment) -> Face:
    """What tells two viewings apart that have the film's address."""
    watched = record.reviews[0].watched if isinstance(record, Post) and record.reviews else None
    when = None if record.published is None else record.published.isoformat()
    return record.url, None if watched is None else watched.isoformat(), when, record.title


IMPORTER = Importer(
    name="letterboxd", label="Letterboxd export (CSV)", kind="export", detect=detect, read=read, parts=parts
)
