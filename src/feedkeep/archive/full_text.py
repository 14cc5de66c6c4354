"""The full text of a site: the words of its posts, which its index takes in when somebody searches."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from feedkeep.archive.index import unpacked
from feedkeep.errors import ArchiveError
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feedkeep.archive.index import Index
    from feedkeep.archive.shown import Shown
    from feedkeep.selection import Summary

_TAGS = pattern(r"<[^>]*>")


def search(index: Index, words: str, conversation: Callable[[str], Shown]) -> Iterator[Summary]:
    """Yield the posts that hold all the words, in title, body or comments, best first.

    ``conversation`` reads what a file holds. Raises ArchiveError where a file is damaged or gone, or the words are
    none that SQLite can look for.
    """
    waiting = index.db.execute(
        "SELECT file.number, path, file.digest FROM file LEFT JOIN spoken USING (number) "
        "WHERE root = 'post' AND spoken.digest IS NOT file.digest"
    ).fetchall()
    if waiting:
        index.begin()
        for number, path, digest in waiting:
            _take_in(index.db, number, digest, conversation(path))
        index.commit()
    return _found(index.db, words)


def _take_in(db: sqlite3.Connection, number: int, digest: str, found: Shown) -> None:
    post = found.post
    bodies = [content.value for content in (post.summary, post.content) if content is not None] if post else []
    said = [c.content.value for c in found.comments if c.content is not None]
    said += [c.author.name for c in found.comments if c.author is not None and c.author.name]
    title = (post.title if post else None) or ""
    body, comments = (_TAGS.sub(" ", "\n".join(texts)) for texts in (bodies, said))
    db.execute("DELETE FROM words WHERE rowid = ?", (number,))
    db.execute("INSERT INTO words (rowid, title, body, comments) VALUES (?,?,?,?)", (number, title, body, comments))
    db.execute("INSERT OR REPLACE INTO spoken VALUES (?,?)", (number, digest))


def _found(db: sqlite3.Connection, words: str) -> Iterator[Summary]:
    query = " ".join('"' + word.replace('"', '""') + '"' for word in words.split())
    if not query:
        return
    try:
        rows = db.execute(
            "SELECT path, summary FROM words JOIN file ON file.number = words.rowid WHERE words MATCH ? "
            "AND summary IS NOT NULL ORDER BY bm25(words, 8, 2, 1), file.name",
            (query,),
        ).fetchall()
    except sqlite3.OperationalError as error:
        raise ArchiveError(f"the full text cannot be searched for {words!r}: {error}") from error
    for path, packed in rows:
        yield unpacked(path, packed)
