"""The tables of the index, and what their rows hold."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from feedkeep.selection import Summary  # noqa: TC001 — msgspec reads the annotations

VERSION = 2
SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE file (
    number INTEGER PRIMARY KEY,   -- stays for the life of the index
    path TEXT NOT NULL,           -- relative to the site; "" while it is staged
    old TEXT NOT NULL,            -- while it is staged: the path that it has until then, or ""
    base TEXT NOT NULL,           -- the path that the conversation would like
    name TEXT NOT NULL,           -- id of its root, or what stands for orphans
    root TEXT NOT NULL,           -- "post", "media" or "" for orphans
    published REAL,               -- seconds since 1970, of the root
    last_comment REAL,
    comments INTEGER,             -- how many it holds
    size INTEGER, mtime INTEGER,  -- of the file, to see that it was changed by others
    digest TEXT NOT NULL,
    summary BLOB                  -- Summary in JSON, of posts
);
CREATE INDEX file_path ON file (path);
CREATE INDEX file_base ON file (base);
CREATE TABLE key (               -- what conversations are known by; see identity.py
    hash INTEGER, number INTEGER,
    exact INTEGER,               -- of the only version of a record under its first key, else 0
    PRIMARY KEY (hash, number)
) WITHOUT ROWID;
CREATE TABLE spoken (number INTEGER PRIMARY KEY, digest TEXT);  -- what the full text has seen
CREATE VIRTUAL TABLE words USING fts5 (title, body, comments, tokenize='unicode61 remove_diacritics 2');
"""


class Entry(msgspec.Struct, kw_only=True):
    """One row: a file of the archive."""

    number: int
    base: str
    name: str
    root: str
    digest: str
    path: str = ""
    old: str = ""
    published: float | None = None
    last_comment: float | None = None
    comments: int = 0
    size: int = 0
    mtime: int = 0
    summary: Summary | None = None


class Staged(NamedTuple):
    """What is known of the path of a staged file."""

    old: str  # the one that it has until the commit; "" for a new one
    base: str  # the one that it would like
