"""What goes to Ghost has the shape that its documentation gives, to the length of each column."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec import Meta

from feedkeep.exporters.ghost import EXPORTER, GhostOptions
from feedkeep.models import Content, Media, Person, Post, Record, Site, Term
from feedkeep.notes import Notes
from golden import write
from snapshots import MemorySnapshot
from test_oracles import snapshots

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{24}$")]
Slug = Annotated[str, Meta(min_length=1, max_length=191)]
Stamp = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]


class Row(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    pass


class GhostPost(Row):
    """https://docs.ghost.org/migration/custom."""

    id: Id
    title: Annotated[str, Meta(min_length=1, max_length=255)]
    slug: Slug
    status: Literal["published", "draft", "scheduled"]
    type: Literal["post", "page"]
    visibility: Literal["public"]
    featured: Literal[0, 1]
    lexical: str | None = None
    html: str | None = None
    feature_image: str | None = None
    locale: str | None = None
    created_at: Stamp | None = None
    updated_at: Stamp | None = None
    published_at: Stamp | None = None
    custom_excerpt: Annotated[str, Meta(max_length=300)] | None = None


class GhostTag(Row):
    id: Id
    name: Annotated[str, Meta(max_length=191)]
    slug: Slug
    visibility: Literal["public", "internal"]
    description: str | None = None


class GhostUser(Row):
    id: Id
    name: Annotated[str, Meta(min_length=1, max_length=191)]
    slug: Slug
    email: Annotated[str, Meta(min_length=3, max_length=191)]
    profile_image: str | None = None
    website: str | None = None


class PostTag(Row):
    post_id: Id
    tag_id: Id
    sort_order: Annotated[int, Meta(ge=0)]


class PostAuthor(Row):
    post_id: Id
    author_id: Id
    sort_order: Annotated[int, Meta(ge=0)]


class Setting(Row):
    key: Literal["title", "description", "locale"]
    value: str


class Tables(Row):
    posts: list[GhostPost]
    tags: list[GhostTag]
    users: list[GhostUser]
    posts_tags: list[PostTag]
    posts_authors: list[PostAuthor]
    settings: list[Setting]


class About(Row):
    version: Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+$")]
    exported_on: Annotated[int, Meta(ge=0)]


class Export(Row):
    meta: About
    data: Tables


class Document(Row):
    db: Annotated[list[Export], Meta(min_length=1, max_length=1)]


def tables(records: list[Record], **options: Any) -> Tables:
    data = write("ghost", records, **options)[PurePosixPath("ghost.json")]
    found = msgspec.json.decode(data, type=Document).db[0].data
    posts, tags, users = ({one.id for one in table} for table in (found.posts, found.tags, found.users))
    assert {row.post_id for row in found.posts_tags} | {row.post_id for row in found.posts_authors} <= posts
    assert {row.tag_id for row in found.posts_tags} <= tags
    assert {row.author_id for row in found.posts_authors} <= users
    slugs = [post.slug.casefold() for post in found.posts]
    assert len(slugs) == len(set(slugs)), "slugs are unique across posts and pages"
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(snapshots())
def test_any_records_have_the_shape_that_ghost_documents(records: list[Record]) -> None:
    tables(records)


@pytest.mark.parametrize(
    ("status", "password", "shown"),
    [
        ("published", None, "published"),
        ("scheduled", None, "scheduled"),
        ("draft", None, "draft"),
        ("pending", None, "draft"),
        ("private", None, "draft"),
        ("published", "word", "draft"),
    ],
)
def test_nothing_private_becomes_public(status: Any, password: str | None, shown: str) -> None:
    (post,) = tables([Post(id="p", title="T", status=status, password=password)]).posts
    assert post.status == shown


@pytest.mark.parametrize("status", ["trashed", "deleted"])
def test_what_is_in_the_bin_stays_there(status: Any) -> None:
    assert tables([Post(id="p", title="T", status=status)]).posts == []


def test_authors_and_tags_keep_their_order_and_one_name_is_one_tag() -> None:
    people = (Person(id="ann", name="Ann"), Person(name="Ben"))
    terms = (Term(name="Sea"), Term(name="#hidden", taxonomy="post_tag"), Term(name="sea", taxonomy="post_tag"))
    found = tables([Post(id="p", title="T", authors=people, terms=terms)])
    users = {user.id: user.name for user in found.users}
    tags = {tag.id: (tag.name, tag.visibility) for tag in found.tags}
    assert [users[row.author_id] for row in found.posts_authors] == ["Ann", "Ben"]
    assert [tags[row.tag_id] for row in found.posts_tags] == [("Sea", "public"), ("#hidden", "internal")]
    assert [row.sort_order for row in found.posts_tags] == [0, 1]


def test_the_body_is_one_card_or_html_for_ghost_to_part() -> None:
    post = Post(id="p", title="T", content=Content(value="<p>One</p>"))
    (card,) = tables([post]).posts
    assert json.loads(card.lexical or "")["root"]["children"] == [{"type": "html", "version": 1, "html": "<p>One</p>"}]
    (plain,) = tables([post], body="html").posts
    assert (plain.html, plain.lexical) == ("<p>One</p>", None)


def test_a_post_that_has_a_summary_alone_is_not_empty() -> None:
    (post,) = tables([Post(id="p", title="T", summary=Content(value="<p>All of it</p>"))]).posts
    assert "All of it" in (post.lexical or "")


def test_pictures_of_one_name_are_two_files_and_links_follow_them() -> None:
    urls = [f"https://quay.example/{year}/tide.jpg" for year in (2011, 2012)]
    records: list[Record] = [
        Site(id="s", url="https://quay.example"),
        Post(
            id="p", title="T", image=urls[0], content=Content(value=f'<img src="{urls[0]}"><a href="{urls[1]}">b</a>')
        ),
        *(Media(id=url, url=url, sha256=str(place), path=f"{place}.jpg") for place, url in enumerate(urls)),
    ]
    snapshot = MemorySnapshot(records, {url: b"bytes %d" % place for place, url in enumerate(urls)})
    files = {str(file.path): b"".join(file.chunks) for file in EXPORTER.write(snapshot, GhostOptions(), Notes())}
    images = sorted(path for path in files if path != "ghost.json")
    assert len(images) == 2
    assert {files[path] for path in images} == {b"bytes 0", b"bytes 1"}
    for path in images:
        assert f"__GHOST_URL__/{path}".encode() in files["ghost.json"]
    assert urls[0].encode() not in files["ghost.json"]
