"""What an export keeps private stays inside: a secret in every private place, and no public file holds any of them."""

from __future__ import annotations

import json
import re
import zipfile
from typing import TYPE_CHECKING

import msgspec
import pyarrow.parquet
import pytest

from feedkeep import formats
from feedkeep.library import export_from, import_into
from feedkeep.selection import PRIVATE, Private

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC = [name for name in formats.EXPORTERS if formats.exporter(name).audience == "public"]

# Each secret, with the ``--include`` values that all have to be given to let it out; None: no value does.
SECRETS: dict[str, frozenset[Private] | None] = {}


def secret(word: str, *matters: Private) -> str:
    """Make a word that stands in one place alone."""
    found = f"xq{word.replace(' ', '')}qx"
    SECRETS[found] = frozenset(matters) if matters else None
    return found


def element(name: str, text: str) -> str:
    return f"<{name}><![CDATA[{text}]]></{name}>"


def comment(
    number: int, approved: str, text: str, *, email: str, ip: str, kind: str = "comment", parent: int = 0
) -> str:
    return (
        "<wp:comment>"
        + element("wp:comment_id", str(number))
        + element("wp:comment_author", f"Reader {number}")
        + element("wp:comment_author_email", email)
        + element("wp:comment_author_IP", ip)
        + element("wp:comment_date", f"2021-03-02 09:{number:02}:00")
        + element("wp:comment_date_gmt", f"2021-03-02 09:{number:02}:00")
        + element("wp:comment_content", text)
        + element("wp:comment_approved", approved)
        + element("wp:comment_type", kind)
        + element("wp:comment_parent", str(parent))
        + "<wp:commentmeta>"
        + element("wp:meta_key", secret(f"commentmetakey{number}"))
        + element("wp:meta_value", secret(f"commentmeta{number}"))
        + "</wp:commentmeta></wp:comment>"
    )


def reviews(name: str) -> str:
    """Mark up a review of a film and one of a book."""
    told = [
        {"@type": "Review", "itemReviewed": {"@type": kind, "name": name}, "reviewRating": {"ratingValue": 4}}
        for kind in ("Movie", "Book")
    ]
    return f'<script type="application/ld+json">{json.dumps(told)}</script>'


def item(number: int, status: str, word: str, *matters: Private, password: str = "", comments: str = "") -> str:
    """A post of which every text is a secret, unless it is the public one."""

    def text(field: str) -> str:
        return secret(f"{word}{field}", *matters) if matters else f"public {field}"

    return (
        f"<item><title>{text('title')}</title><link>https://quay.example/{text('link')}/</link>"
        + element("dc:creator", "ann")
        + f'<guid isPermaLink="false">https://quay.example/?p={number}</guid>'
        + element("content:encoded", f"<p>{text('body')}</p>{reviews(text('title'))}")
        + element("excerpt:encoded", text("excerpt"))
        + f"<wp:post_id>{number}</wp:post_id>"
        + element("wp:post_date", "2021-03-01 09:00:00")
        + element("wp:post_date_gmt", "2021-03-01 09:00:00")
        + element("wp:post_name", text("slug"))
        + element("wp:status", status)
        + element("wp:post_type", "post")
        + element("wp:post_password", password)
        + f'<category domain="post_tag" nicename="{text("tagslug")}">{text("tag")}</category>'
        + "<wp:postmeta>"
        + element("wp:meta_key", secret(f"{word}metakey"))
        + element("wp:meta_value", secret(f"{word}meta"))
        + "</wp:postmeta>"
        + comments
        + "</item>"
    )


def export() -> bytes:
    spaces = {
        "excerpt": "http://wordpress.org/export/1.2/excerpt/",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "wp": "http://wordpress.org/export/1.2/",
    }

    def reader(number: int, approved: str, word: str, *matters: Private, parent: int = 0) -> str:
        return comment(
            number,
            approved,
            secret(word, *matters) if matters else "public comment",
            email=secret(f"mail{word}", *matters, "email") + "@readers.example",
            ip=secret(f"ip{word}", *matters, "ip"),
            parent=parent,
        )

    said = reader(1, "1", "approved")
    said += reader(2, "0", "pending", "unapproved")
    said += reader(3, "spam", "spammed", "spam")
    said += reader(4, "trash", "binned", "trashed")
    said += reader(5, "1", "answer", parent=2)  # a reply keeps the place of what it answers, and nothing else
    items = item(1, "publish", "public", comments=said)
    items += item(2, "draft", "draft", "draft", comments=reader(6, "1", "underdraft", "draft"))
    items += item(3, "pending", "awaiting", "draft")
    items += item(4, "private", "private", "private", comments=reader(7, "1", "underprivate", "private"))
    items += item(5, "future", "scheduled", "scheduled")
    items += item(6, "trash", "thrown", "trashed")
    items += item(
        7,
        "publish",
        "locked",
        "protected",
        password=secret("password"),
        comments=reader(8, "1", "underlock", "protected"),
    )
    items += item(8, "draft", "lockeddraft", "draft", "protected", password=secret("draftpassword"))
    author = (
        "<wp:author>"
        + element("wp:author_login", "ann")
        + element("wp:author_email", secret("authormail", "email") + "@quay.example")
        + element("wp:author_display_name", "Ann")
        + "</wp:author>"
    )
    declared = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {declared}><channel><title>Quay</title>'
        f"<link>https://quay.example</link><wp:wxr_version>1.2</wp:wxr_version>"
        f"<wp:base_site_url>https://quay.example</wp:base_site_url>"
        f"<wp:base_blog_url>https://quay.example</wp:base_blog_url>{author}{items}</channel></rss>"
    ).encode()


EXPORT = export()
COMMENTLESS = {"letterboxd", "goodreads", "redirects"}
BODILESS = {"redirects"}
# Secrets that a format has no field for.
NO_PLACE = {
    "rss": r"slugqx|xqip",
    "atom": r"(?<!tag)slugqx|xqip",
    "jsonfeed": r"tagslugqx|xqip|xqauthormail|xqmail",
    "csv": r"xqip|xqauthormail",
    "sqlite": r"xqip|xqauthormail",
    "parquet": r"xqip|xqauthormail",
    "hugo": r"xqnone",
    "jekyll": r"xqnone",
    "pelican": r"xqnone",
    "eleventy": r"xqnone",
    # a row holds the text, the tags and what is reviewed, which here is called as the post is
    "letterboxd": r"^(?!.*(title|body|(?<!slug)tag)qx)",
    "goodreads": r"^(?!.*(title|body|(?<!slug)tag)qx)",
    "redirects": r"^(?!.*linkqx)",
    "bar": r"tagslugqx|xqip|xqauthormail|xqmail",
    "activitystreams": r"slugqx|xqip|xqauthormail|xqmail",
    "mbox": r"slugqx|tagqx|excerptqx|xqip",
    "epub": r"tagslugqx|excerptqx|xqip|xqmail|xqauthormail",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("privacy") / "archive"
    import_into(path, EXPORT, site="quay")
    return path


def told(archive: Path, name: str, folder: Path, include: frozenset[Private]) -> set[str]:
    """The secrets in the bytes and names of all files of an export."""
    feed = "per_archive" in {field.name for field in msgspec.structs.fields(formats.exporter(name).options)}
    options = {"limit": "3", "per_archive": "3"} if feed else {}
    export_from(archive, name, folder, include=include, options=options)
    if name == "jsonfeed":
        export_from(archive, name, folder / "whole", include=include, options={"whole": "one"})
    files = [path for path in folder.rglob("*") if path.is_file()]
    everything = b"\n".join(path.name.encode() + b"\n" + readable(path) for path in files)
    assert b"public body" in everything or name in BODILESS
    assert b"public comment" in everything or name in COMMENTLESS
    return {word for word in SECRETS if word.encode() in everything}


def readable(path: Path) -> bytes:
    """The bytes of a file or, where they are packed, what is in it."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return b"\n".join(name.encode() + b"\n" + packed.read(name) for name in packed.namelist())
    if path.suffix != ".parquet":
        return path.read_bytes()
    return str(pyarrow.parquet.ParquetFile(path).read().to_pylist()).encode()


def test_every_secret_is_in_the_archive(archive: Path) -> None:
    held = b"".join(path.read_bytes() for path in archive.rglob("*.json"))
    assert {word for word in SECRETS if word.encode() not in held} == set()


@pytest.mark.parametrize("name", PUBLIC)
def test_no_secret_is_in_a_public_file(name: str, archive: Path, tmp_path: Path) -> None:
    assert told(archive, name, tmp_path, frozenset()) == set()


@pytest.mark.parametrize("matter", PRIVATE)
@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_included_lets_out_exactly_its_own_matter(
    name: str, matter: Private, archive: Path, tmp_path: Path
) -> None:
    assert told(archive, name, tmp_path, frozenset({matter})) == expected(name, frozenset({matter}))


@pytest.mark.parametrize("name", PUBLIC)
def test_with_everything_included_passwords_and_meta_stay_inside(name: str, archive: Path, tmp_path: Path) -> None:
    found = told(archive, name, tmp_path, frozenset(PRIVATE))
    assert found == expected(name, frozenset(PRIVATE))
    assert not {word for word in found if "meta" in word or "password" in word}


def expected(name: str, include: frozenset[Private]) -> set[str]:
    allowed = {word for word, matters in SECRETS.items() if matters is not None and matters <= include}
    return {word for word in allowed if not re.search(NO_PLACE[name], word)}
