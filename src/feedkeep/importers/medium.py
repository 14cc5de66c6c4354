"""Medium's export: https://help.medium.com/hc/en-us/articles/115004745787.

Its zip holds each post as a page with microformats under ``posts``, drafts among them (``draft_…``), and so are the
responses that the person wrote to posts of others: they look like posts, and nothing but the lack of a title tells
them. ``profile/profile.html`` tells of the person; the other folders (bookmarks, claps, lists …) hold what somebody
else wrote. Pictures stay on Medium's servers, and responses of others are not in it.
"""

from __future__ import annotations

import html as entities
import re
from typing import TYPE_CHECKING, Final

from feedkeep.content.tags import words
from feedkeep.content.text import plain
from feedkeep.content.written import Element, elements
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Content, Link, Person, Post, Record, Site, Term
from feedkeep.wire import withheld
from feedkeep.wire.decoding import decoded
from feedkeep.wire.intake import Intake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from feedkeep.content.tags import Token
    from feedkeep.models import Comment
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.intake import Face

_ENTRY: Final = re.compile(rb"<article\b[^<>]{0,200}\bclass\s*=\s*[\"'][^\"'<>]*\bh-entry\b", re.IGNORECASE)
_BODY: Final = re.compile(rb"<section\b[^<>]{0,200}\bdata-field\s*=\s*[\"']body[\"']", re.IGNORECASE)
_MARKED = re.compile(
    r"\b(?:p-name|p-summary|e-content|dt-published|p-canonical|p-author|p-tags?|u-in-reply-to|u-photo|u-url|h-card)\b"
)
_POST = re.compile(r"https?://medium\.com/p/([0-9a-f]{6,})", re.IGNORECASE)
_NUMBER = re.compile(r"(?:^|[-_/])([0-9a-f]{8,14})/?$")
_NAMED = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)_|draft_")
_TITLED = re.compile(r"""class\s*=\s*["'][^"'<>]*\bgraf--title\b""")
_PICTURE = re.compile(r"(?:https?:)?//(?:cdn-images-\d\.medium\.com|miro\.medium\.com)/")
_REPLY = re.compile(r"in response to\b[^<]{0,200}<a\b[^<>]{0,200}\bhref\s*=\s*[\"']([^\"'<>]+)", re.IGNORECASE)
_MAIL = re.compile(r"<b>\s*Email address:\s*</b>\s*([^\s<>@]+@[^\s<>]+)")
_USER = re.compile(r"<b>\s*Medium user ID:\s*</b>\s*([0-9a-f]+)")
_ASIDE: Final = words(
    "blocks bookmarks claps followers highlights interests ips lists partner-program publications-following "
    "pubs-following recommends sessions topics-following twitter users-following"
)


def detect(source: Source) -> bool:
    """Know a post by its entry with a body of Medium's."""
    return _ENTRY.search(source.head) is not None and _BODY.search(source.head) is not None


def parts(container: Source) -> Iterator[Source]:
    """Find each folder ``posts`` of Medium's pages, with the profile beside it."""
    done: set[PurePosixPath] = set()
    for member in list(container.members()):
        root = member.path.parent.parent
        if root not in done and not member.is_container and _is_post(member.path) and detect(member):
            done.add(root)
            yield withheld.part(container, root, _is_ours, _reason)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the person's blog, then posts, drafts and responses. Raises FormatError where there is no post."""
    members = [member for member in source.members() if _is_ours(member.path)] if source.is_container else [source]
    posts = [member for member in members if not source.is_container or _is_post(member.path)]
    if not posts:
        raise FormatError("no posts of Medium in it", source=source.name)
    withheld.tell(source, notes)
    reading = _Reading(source, notes, next((member for member in members if member not in posts), None))
    yield from reading.intake.records(reading.posts(posts), lambda: reading.site, _face)


def _is_post(path: PurePosixPath) -> bool:
    return len(path.parts) > 1 and path.parent.name == "posts" and path.suffix.lower() == ".html"


def _is_ours(path: PurePosixPath) -> bool:
    names = path.parts
    return (len(names) == 2 and _is_post(path)) or names == ("profile", "profile.html")


def _reason(_: Source, path: PurePosixPath) -> str | None:
    folder = path.parts[0]
    if path.as_posix() == "README.html":
        return "README.html, which tells of the export"
    if len(path.parts) > 1 and (folder in _ASIDE or folder == "profile"):
        return f"{folder}/*{path.suffix}, which are no posts"
    return None


class _Reading:
    """The pages of one person."""

    def __init__(self, source: Source, notes: Notes, profile: Source | None) -> None:
        self.intake = Intake(source, notes)
        self._notes = notes
        self._one = not source.is_container
        self.site = None if profile is None else self._profile(profile)

    def posts(self, members: list[Source]) -> Iterator[Record]:
        """Yield the post of each page."""
        for member in members:
            try:
                text, assumed = decoded(member.read())
                if assumed:
                    self._notes.repaired(assumed, source=member.name)
                yield self._post(text, member)
            except FormatError as error:
                if self._one:
                    raise
                self._notes.skipped(error.reason, source=member.name)

    def _post(self, text: str, member: Source) -> Post:
        marked = elements(text, _is_marked)
        body = next((one for one in marked if one.name == "section" and "e-content" in one.classes), None)
        if body is None:
            raise FormatError("not a post of Medium: it has no body", source=member.name)
        around = [one for one in marked if not body.start < one.start < body.end]
        name, summary, when = (_first(around, mark) for mark in ("p-name", "p-summary", "dt-published"))
        canonical = _first(around, "p-canonical")
        url = canonical.attributes.get("href") if canonical is not None else None
        authors = tuple(_person(one, text) for one in around if "p-author" in one.classes)
        terms = tuple(
            Term(name=said, taxonomy="post_tag", slug=one.attributes.get("href", "").rpartition("/tag/")[2] or None)
            for one in around
            if "p-tag" in one.classes and (said := _words(one, text))
        )
        self._introduce(authors)
        footer = text[body.end :]
        number = _number(footer, url, member)
        title = _words(name, text)
        content = body.inner(text).strip()
        record_id = f"https://medium.com/p/{number}" if number else url or self.intake.made("post", title, content)
        is_draft = member.path.name.startswith("draft_") or (when is None and url is None)
        is_cut = body.inner_end == len(text)
        if is_cut:
            self._notes.repaired("the page ends within its body: cut short", source=member.name, record=record_id)
        answered = _answered(around, footer)
        is_response = answered is not None or not (
            is_draft or summary or terms or _TITLED.search(content) or not _begins(content, title)
        )
        if is_response and answered is None:
            what = "without a title of its own: taken for a response to a post of somebody else"
            self._notes.noticed(what, source=member.name, record=record_id)
        stated = when.attributes.get("datetime") or _words(when, text) if when is not None else None
        return Post(
            id=record_id,
            permalink=False if number else None,
            url=url or None,
            urls=(record_id,) if url and number else (),
            kind="response" if is_response else "post",
            slug=_slug(url),
            title=title,
            subtitle=_words(summary, text),
            content=Content(value=content, truncated=is_cut) if content else None,
            authors=authors,
            terms=terms,
            published=self.intake.moment(stated, "dt-published", record_id) if stated else None,
            status="draft" if is_draft else "published",
            links=(Link(href=answered, rel="in-reply-to"),) if answered else (),
            image=_picture(content),
        )

    def _introduce(self, authors: tuple[Person, ...]) -> None:
        """Take the first author for the blog's, where there is no profile."""
        if self.site is None and authors and authors[0].url is not None:
            person = authors[0]
            self.site = _site(person)

    def _profile(self, profile: Source) -> Site | None:
        """Read who the person is; accounts elsewhere and payments are left alone."""
        try:
            text, _ = decoded(profile.read())
        except FormatError as error:
            self._notes.dropped(f"the profile: {error.reason}", source=profile.name)
            return None
        marked = elements(text, _is_marked)
        link, photo = _first(marked, "u-url"), _first(marked, "u-photo")
        mail, user = _MAIL.search(text), _USER.search(text)
        url = link.attributes.get("href") if link is not None else None
        if not url:
            self._notes.dropped("a profile without address", source=profile.name)
            return None
        person = Person(
            id=user[1] if user else None,
            name=_words(_first(marked, "p-name"), text),
            email=entities.unescape(mail[1]) if mail else None,
            url=url,
            avatar=photo.attributes.get("src") or None if photo is not None else None,
        )
        return _site(person)


def _site(person: Person) -> Site:
    url = person.url or ""
    user = re.fullmatch(r"https?://medium\.com/(@[^/?#]+)/?", url)
    feed = f"https://medium.com/feed/{user[1]}" if user else None
    return Site(
        id=url, url=url, title=person.name, authors=(person,), image=person.avatar, feed_urls=(feed,) if feed else ()
    )


def _is_marked(token: Token) -> bool:
    return any(one.name == "class" and _MARKED.search(one.value) for one in token.attributes)


def _first(marked: list[Element], name: str) -> Element | None:
    return next((one for one in marked if name in one.classes), None)


def _words(element: Element | None, text: str) -> str | None:
    return " ".join(plain(element.inner(text)).split()) or None if element is not None else None


def _person(element: Element, text: str) -> Person:
    return Person(name=_words(element, text), url=element.attributes.get("href") or None)


def _number(footer: str, url: str | None, member: Source) -> str | None:
    """Find the post's number, of which the guid of Medium's feeds is made: in the footer, an address, the file's name."""
    found = _POST.search(footer) or (_NUMBER.search(url.partition("?")[0]) if url else None)
    if found is None and _NAMED.match(member.path.name):
        found = _NUMBER.search(member.path.stem)
    return found[1].lower() if found is not None else None


def _slug(url: str | None) -> str | None:
    """Give the words of the address before the number."""
    last = (url or "").partition("?")[0].rstrip("/").rpartition("/")[2]
    found = re.fullmatch(r"(.+)-[0-9a-f]{8,14}", last)
    return found[1] if found is not None else None


def _answered(around: list[Element], footer: str) -> str | None:
    stated = _first(around, "u-in-reply-to")
    if stated is not None and stated.attributes.get("href"):
        return stated.attributes["href"]
    found = _REPLY.search(footer)
    return entities.unescape(found[1]) if found is not None else None


def _begins(content: str, title: str | None) -> bool:
    """Tell whether a title is nothing but the first words of the body, as Medium names responses."""
    said = " ".join(plain(content).split()).casefold()
    return title is None or said.startswith(title.rstrip("….").casefold())


def _picture(content: str) -> str | None:
    """Give the first picture, which Medium shows beside the title."""
    for one in elements(content, lambda token: token.name == "img"):
        src = one.attributes.get("src", "")
        if _PICTURE.match(src):
            return src
    return None


def _face(record: Post | Comment) -> Face:
    """What tells two pages apart that claim the same id."""
    return record.url, record.title


IMPORTER = Importer(name="medium", label="Medium export", kind="export", detect=detect, read=read, parts=parts)
