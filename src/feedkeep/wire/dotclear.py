"""The tables of a Dotclear export, and what they say of the blog as a whole."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from feedkeep.errors import FormatError
from feedkeep.models import Term
from feedkeep.wire.lines import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source

Row = dict[str, str]
MARK = "///DOTCLEAR|"
_SECTION = re.compile(r"\[([a-z0-9_]+) ([a-z0-9_]+(?:,[a-z0-9_]+)*)\]")
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*+)"(,|$)')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "r": "\r", '"': '"', "\\": "\\"}


def rows(source: Source, notes: Notes, wanted: frozenset[str]) -> Iterator[tuple[str, Row, int]]:
    """Yield (table, row, line number) of the tables that are wanted."""
    table, columns, begun = "", [""], False
    for number, line in lines(source, notes):
        if not begun and line.strip("\ufeff \t"):
            if not line.lstrip("\ufeff \t").startswith(MARK):
                raise FormatError("does not begin with ///DOTCLEAR: no Dotclear export", source=source.name, line=1)
            begun = True
        elif line.startswith("["):
            section = _SECTION.fullmatch(line.rstrip())
            if section is None:
                notes.dropped("a section without a name: its rows are left out", source=source.name, line=number)
            table, columns = (section[1], section[2].split(",")) if section else ("", [""])
        elif table in wanted and line.strip():
            values = _values(line.rstrip())
            if values is None or len(values) != len(columns):
                what = f"a row of {table} that is broken"
                notes.skipped(what, source=source.name, line=number)
            else:
                yield table, dict(zip(columns, values, strict=True)), number
    if not begun:
        raise FormatError("the file is empty", source=source.name)


def _values(line: str) -> list[str] | None:
    values, at = [], 0
    while at < len(line):
        found = _VALUE.match(line, at)
        if found is None:
            return None
        values.append(_ESCAPE.sub(lambda mark: _ESCAPED.get(mark[1], mark[0]), found[1]))
        at = found.end()
    return values


class Blog:
    """What has to be known of a blog before its first post."""

    def __init__(self) -> None:
        self._all: dict[str, list[tuple[str, Row]]] = {}
        self.tags: dict[str, list[tuple[str, str]]] = {}  # (type, value) by post
        self.owners: dict[str, str] = {}  # post by file
        self.users: dict[str, Row] = {}
        self.blogs: list[Row] = []
        self.own: Row = {}
        self.settings: Row = {}
        self.terms: dict[str, Term] = {}  # categories by number
        self.links: list[Row] = []

    def learn(self, table: str, row: Row) -> None:
        """Take in a row."""
        if table == "meta":
            self.tags.setdefault(row.get("post_id", ""), []).append((row.get("meta_type", ""), row.get("meta_id", "")))
        elif table == "post_media":
            self.owners.setdefault(row.get("media_id", ""), row.get("post_id", ""))
        elif table == "user":
            self.users[row.get("user_id", "")] = row
        elif table == "blog":
            self.blogs.append(row)
        else:
            self._all.setdefault(row.get("blog_id", ""), []).append((table, row))

    def choose(self) -> None:
        """Settle on one blog where the file holds a whole installation: the first."""
        self.own = self.blogs[0] if self.blogs else {}
        names = list(self._all)
        chosen = self.own.get("blog_id") or next((name for name in names if name), "")
        self.own.setdefault("blog_id", chosen)
        categories = []
        for name in ("", chosen) if chosen else ("",):  # the settings of all blogs first
            for table, row in self._all.get(name, []):
                if table == "setting":
                    self.settings[row.get("setting_id", "")] = row.get("setting_value", "")
                elif table == "category":
                    categories.append(row)
                else:
                    self.links.append(row)
        self._plant(categories)

    def _plant(self, rows: list[Row]) -> None:
        """Make a tree of intervals within intervals: whoever opened last and has not closed is the parent."""
        open_: list[tuple[int, str]] = []
        for row in sorted(rows, key=lambda row: whole(row.get("cat_lft", ""))):
            left, right = whole(row.get("cat_lft", "")), whole(row.get("cat_rgt", ""))
            while open_ and open_[-1][0] < left:
                open_.pop()
            slug = row.get("cat_url") or None
            number = row.get("cat_id", "")
            self.terms[number] = Term(
                id=number or None,
                name=row.get("cat_title") or None,
                slug=slug,
                parent=open_[-1][1] if open_ and right < open_[-1][0] else None,
                description=row.get("cat_desc") or None,
            )
            if slug:
                open_.append((right, slug))

    @property
    def url(self) -> str | None:
        """The address that the addresses of posts begin with."""
        return self.own.get("blog_url") or None

    def feed_id(self, number: str) -> str | None:
        """Give what the blog's feed says for a post: its own mark and the number, hashed."""
        mark = self.own.get("blog_uid")
        if not mark:
            return None
        return f"urn:md5:{hashlib.md5((mark + number).encode(), usedforsecurity=False).hexdigest()}"


def whole(text: str) -> int:
    """Read a number; 0 where it is none."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0
