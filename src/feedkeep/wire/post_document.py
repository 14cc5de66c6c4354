"""One document of a static site → a post: its front matter, its body, and what its path says."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from feedkeep.content.links import resolved
from feedkeep.errors import FormatError
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Link, Post, Term
from feedkeep.wire import front_matter, kept_post, permalinks, post_fields, post_status, site_config, static_comments
from feedkeep.wire.decoding import decoded
from feedkeep.wire.intake import Intake
from feedkeep.wire.kept_fields import KEY
from feedkeep.wire.permalinks import Named, Place
from feedkeep.wire.post_fields import Fields
from feedkeep.wire.static_site import FORMS
from feedkeep.wire.tree_places import POSTS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.site_config import Blog

_TEMPLATE = re.compile(r"\{\{[<%]|\{%|\{\{")
_THREAD = re.compile(r"[0-9a-f]{12}")  # the name of a file of comments that our own exporters write
_NUMBER = re.compile(r"\d+")


class PostReader:
    """Reads posts, and counts what is said once for all of them."""

    def __init__(self, source: Source, notes: Notes, blog: Blog) -> None:
        self.intake = Intake(source, notes)
        self.resources: dict[tuple[str, str], str] = {}  # (id of a post, file beside it) → title
        self._notes = notes
        self._source = source
        self._blog = blog
        self._templates = 0
        self._inline: list[Any] = []

    def post(self, member: Source, place: Place) -> Post:
        """Read one document. Raises FormatError where it is empty, or too large."""
        raw, assumed = decoded(member.read())
        if not raw.strip("\ufeff \t\r\n"):
            raise FormatError("an empty file", source=member.name)
        if assumed is not None:
            self._notes.repaired(assumed, source=member.name)
        form = FORMS[place.path.suffix.lower()]
        headers = self._blog.generator in {"pelican", "plain"}
        parts = front_matter.parted(raw, headers=headers, directives=form == "text")
        kind = place.collection or "pages"
        given = site_config.defaults_for(self._blog, place.path, "drafts" if place.draft else kind)
        fields = Fields({**given, **parts.fields}, lambda what: self._notes.altered(what, source=member.name))
        return self._made(member, place, parts, fields, form)

    def within(self, post: Post, member: Source) -> Iterator[Comment]:
        """Yield the comments that the front matter of a post holds itself."""
        inline, self._inline = self._inline, []
        if inline:
            known = {static_comments.key(post.id): static_comments.Known(post.id, post.url)}
            path = PurePosixPath("comments") / static_comments.key(post.id) / "entries"
            yield from static_comments.read([(path, inline)], known, Intake(member, self._notes), self._blog.base)

    def end(self) -> None:
        """Say what was counted."""
        if self._templates:
            what = f"bodies with shortcodes or template tags, kept as they were written: {self._templates}"
            self._notes.noticed(what, source=self._source.name)

    def _made(self, member: Source, place: Place, parts: front_matter.Parted, fields: Fields, form: Any) -> Post:  # noqa: ANN401
        blog, intake = self._blog, Intake(member, self._notes)
        stated = fields.text("guid", "id", "uuid")
        if stated is not None and _NUMBER.fullmatch(stated):
            stated = None if blog.base is not None else f"markdown:{stated}"
        said = fields.text("date", "publishdate", "pubdate", "published_at", "created") or place.date
        moment = intake.silent(said) if said is not None else None
        terms = self._terms(fields, place, parts)
        people = post_fields.people(fields, blog, several=parts.syntax in {"headers", "directives"})
        title, slug = fields.text("title"), fields.text("slug")
        language = fields.text("lang", "language", "locale") or place.language
        categories = tuple(term.name or "" for term in terms if term.taxonomy == "category")
        named = Named(slug, title, moment, categories, language, people[0].name if people else None)
        own = fields.raw("permalink") if blog.generator in {"jekyll", "eleventy"} else None
        own = fields.text("url", "permalink") if own is not False else None
        url = permalinks.address(blog, place, named, own)
        where = (str(place.path),) if self._source.is_container else (place.path.name, title, said)
        record_id = stated or url or made_id("post", *where)
        if parts.damage is not None:
            what = f"{parts.damage}; " + ("its lines were read one by one" if parts.fields else "kept with the text")
            self._notes.repaired(what, source=member.name, record=record_id)
        if form == "text":
            what = f"{place.path.suffix} is kept as it is written, as text"
            self._notes.noticed(what, source=member.name, record=record_id)
        self._templates += _TEMPLATE.search(parts.body) is not None
        held = fields.raw("comments")
        self._inline = fields.take("comments") if isinstance(held, list) and held else []
        comments_open = fields.flag("comments")
        shown = fields.text("publishdate")  # what the feeds of Hugo show, where the date is another
        published = self._moment(intake, shown or said, "publishDate" if shown else "date", record_id)
        base = url or (f"{blog.base}/" if blog.base else None)
        picture = post_fields.image(fields)
        summary = post_fields.summary(fields, form)
        updated = fields.text("lastmod", "updated", "modified", "last_modified_at", "date_modified", "updated_at")
        canonical = fields.text("canonicalurl", "canonical_url", "canonical")
        aliases, urls = self._moved(fields), self._urls(fields, place)
        status = post_status.status(
            fields,
            place,
            damaged=parts.damage is not None and not parts.fields,
            published=published,
            now=self._source.as_of,
            intake=intake,
            record_id=record_id,
        )
        kind, subtitle = _kind(fields.text("type"), place, published), fields.text("subtitle")
        password = fields.text("password")
        order = fields.whole("weight", "order", "nav_order", "menu_order")
        sticky = True in [fields.flag(name) for name in ("sticky", "pin", "pinned")]
        rest = {"path": str(place.path), "syntax": parts.syntax}
        ours = fields.take(KEY)
        if _THREAD.fullmatch(str(fields.raw("thread"))):
            fields.take("thread")
        unread = fields.rest()
        if shown is not None and said != shown:
            unread = {**unread, "date": said}
        if own is not None and own != url:
            unread = {**unread, "url": own}
        post = Post(
            id=record_id,
            aliases=(*aliases, *self._feed_ids(url, slug or place.stem, place, moment, record_id)),
            url=url,
            urls=urls,
            kind=kind,
            slug=slug or place.stem or None,
            title=title,
            subtitle=subtitle,
            summary=summary,
            content=Content(value=parts.body, form=form, base=url) if parts.body else None,
            authors=people,
            terms=terms,
            published=published,
            updated=self._moment(intake, updated, "lastmod", record_id),
            status=status,
            password=password,
            sticky=sticky,
            comments_open=comments_open,
            language=language,
            image=None if picture is None else self._resolved(picture, base),
            links=() if canonical is None else (Link(href=canonical, rel="canonical"),),
            order=order,
            extra={"markdown": {**rest, **({"front_matter": unread} if unread else {})}},
        )
        for one in unread.get("resources") or () if isinstance(unread.get("resources"), list) else ():
            if isinstance(one, dict) and isinstance(one.get("title"), str) and isinstance(one.get("src"), str):
                self.resources[post.id, one["src"]] = one["title"]
        return post if ours is None else kept_post.restored(post, ours, fields)

    def _splitting(self, parts: front_matter.Parted) -> str | None:
        """Tell how a text of several terms is parted."""
        if self._blog.generator == "jekyll":
            return r"\s+"
        return r"[,;]\s*" if parts.syntax in {"headers", "directives"} or self._blog.generator == "pelican" else None

    def _moment(self, intake: Intake, said: str | None, name: str, record_id: str) -> dt.datetime | None:
        return None if said is None else intake.moment(said, name, record_id)

    def _moved(self, fields: Fields) -> tuple[str, ...]:
        """Give the ids of the system that the post was moved from."""
        number = next((str(fields.raw(name)) for name in ("post_id", "wordpress_id", "wp_id") if name in fields), "")
        return (f"wp:post:{number}",) if _NUMBER.fullmatch(number) else ()

    def _urls(self, fields: Fields, place: Place) -> tuple[str, ...]:
        """Give the addresses that lead here: Hugo's aliases, redirect_from of Jekyll's plug-in."""
        names = [name for name in ("aliases", "alias", "redirect_from") if name in fields]
        folder = "/".join((self._blog.base or "", *place.folders, ""))
        if self._blog.base is None and not all("://" in url for name in names for url in _several(fields.raw(name))):
            return ()  # they stay in the front matter, until somebody knows where the site is
        return tuple(dict.fromkeys(self._resolved(url, folder) for url in fields.texts(*names)))

    def _resolved(self, path: str, base: str | None) -> str:
        """Resolve a path; a slash at its beginning means the site, wherever that lives."""
        if path.startswith("/") and not path.startswith("//") and self._blog.base is not None:
            return self._blog.base + path
        return resolved(path, base) if base else path

    def _terms(self, fields: Fields, place: Place, parts: front_matter.Parted) -> tuple[Term, ...]:
        """Give the terms that are stated, and the categories that the folder says."""
        found = tuple(post_fields.terms(fields, self._blog, self._splitting(parts)))
        stated = {term.name for term in found if term.taxonomy == "category"}
        if stated and self._blog.generator == "pelican":
            return found
        return (*(Term(name=name) for name in place.categories if name not in stated), *found)

    def _feed_ids(
        self, url: str | None, slug: str, place: Place, moment: dt.datetime | None, record_id: str
    ) -> tuple[str, ...]:
        """Give the ids that the generator's own feed shows: jekyll-feed's address without its end, Pelican's tag URI."""
        found: list[str] = [] if url is None or url == record_id else [url]
        if url is not None and place.collection is not None and self._blog.generator == "jekyll":
            found.append(f"{url.rstrip('/').rpartition('/')[0]}/{slug}")
        if url is not None and self._blog.generator == "pelican" and moment is not None and "//" in url:
            host, _, path = url.partition("//")[2].partition("/")
            found.append(f"tag:{host},{moment:%Y-%m-%d}:/{path}")
        return tuple(one for one in found if one != record_id)


def _kind(stated: str | None, place: Place, published: dt.datetime | None) -> str:
    """Give the kind: as stated, or by its folder; what lies in a section of its own and has a date is a post."""
    if stated is not None:
        word = stated.lower()
        return "post" if word in POSTS else "page" if word in {"page", "pages"} else stated
    return "post" if place.kind == "page" and published is not None and place.folders else place.kind


def _several(value: Any) -> list[str]:  # noqa: ANN401
    return [str(one) for one in (value if isinstance(value, list) else [value]) if one]
