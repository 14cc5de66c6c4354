"""What WordPress makes of our exports, by the rules of its importer."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings

from arbitrary_blogs import blogs
from feedkeep.models import Comment, Content, Media, Person, Post, Record, Term
from feedkeep.notes import Kind
from feedkeep.wire.wxr_numbers import Distinct
from wordpress_importer import wordpress
from wxr_files import exported, imported


@settings(max_examples=200, deadline=None)
@given(blogs())
def test_wordpress_takes_every_item_and_every_reply(records: list[Record]) -> None:
    data, _ = exported(records)
    blog = wordpress(data)
    assert blog.refused == []
    posts = [record for record in records if isinstance(record, (Post, Media))]
    comments = [record for record in records if isinstance(record, Comment)]
    files = {record.url for record in posts if isinstance(record, Media)}
    loose = {record.image for record in posts if isinstance(record, Post) and record.image} - files
    assert len(blog.posts) == len(posts) + len(loose)
    assert sum(len(post.comments) for post in blog.posts.values()) == len(comments)
    credited = [r for r in posts if isinstance(r, Post) and any(p.id or p.name for p in r.authors)]
    assert sum(post.author is not None for post in blog.posts.values()) == len(credited)


def test_wordpress_threads_replies_as_they_were() -> None:
    post = Post(id="urn:p", title="P", published=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    ids = ["urn:c:z", "urn:p#comment-9", "urn:p#comment-4", "urn:c:a"]
    comments = [
        Comment(id=key, post=post.id, parent=ids[place - 1] if place else None, content=Content(value=key))
        for place, key in enumerate(ids)
    ]
    data, _ = exported([post, *comments[::-1]])
    (one,) = wordpress(data).posts.values()
    texts = {number: text for number, (_, _, text) in one.comments.items()}
    answered = {text: texts.get(parent) for parent, _, text in one.comments.values()}
    assert answered == {key: ids[place - 1] if place else None for place, key in enumerate(ids)}


def test_a_deleted_comment_with_replies_leaves_a_placeholder_that_wordpress_shows() -> None:
    post = Post(id="urn:p", title="P", published=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    gone = Comment(id="urn:c:1", post=post.id, status="deleted", author=Person(name="Dee"), content=Content(value="No"))
    reply = Comment(id="urn:c:2", post=post.id, parent=gone.id, status="approved", content=Content(value="Yes"))
    data, notes = exported([post, gone, reply])
    (one,) = wordpress(data).posts.values()
    assert one.comments == {1000000001: (0, "1", "[deleted]"), 1000000002: (1000000001, "1", "Yes")}
    assert b"Dee" not in data
    assert notes.counts[Kind.DROPPED] == 1
    back = {record.id: record for record in imported(data) if isinstance(record, Comment)}
    assert (back[gone.id].status, back[gone.id].content, back[reply.id].parent) == ("deleted", None, gone.id)


def test_doubles_are_dated_apart_and_come_back_as_they_were() -> None:
    when = dt.datetime(2020, 1, 1, 8, 0, 0, tzinfo=dt.UTC)
    posts = [Post(id=f"urn:{n}", title=title, published=when) for n, title in enumerate(("Her", "hér", "HER ", None))]
    data, notes = exported(posts)
    blog = wordpress(data)
    assert blog.refused == []
    assert len({post.date for post in blog.posts.values()}) == 4
    assert sum(note.field == "Post.published" for note in notes.kept) == 3
    assert {record.published for record in imported(data) if isinstance(record, Post)} == {when}


class _Asked(set[int]):
    """Counts how often it is asked for a member."""

    times = 0

    def __contains__(self, member: object) -> bool:
        self.times += 1
        return super().__contains__(member)


def test_many_doubles_cost_a_look_or_two_each() -> None:
    when = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    distinct = Distinct()
    distinct._seen = asked = _Asked()
    moments = {distinct.moment("", when, "post") for _ in range(1000)}
    assert len(moments) == 1000
    assert asked.times < 4000


def test_terms_stand_after_their_parents() -> None:
    terms = [
        Term(name="C", slug="c", parent="b"),
        Term(name="B", slug="b", parent="a"),
        Term(name="A", slug="a"),
        Term(name="C", slug="c", taxonomy="genre", parent="a"),
        Term(name="A", slug="a", taxonomy="genre"),
    ]
    parents = wordpress(exported(terms)[0]).term_parents
    assert parents == {("category", "a"): "", ("category", "b"): "a", ("category", "c"): "b"} | {
        ("genre", "a"): "",
        ("genre", "c"): "a",
    }


def test_a_featured_image_that_no_file_is_becomes_an_attachment() -> None:
    post = Post(id="urn:p", title="P", image="https://img.example/x.png")
    blog = wordpress(exported([post])[0])
    (file,) = (one for one in blog.posts.values() if one.kind == "attachment")
    (item,) = (one for one in blog.posts.values() if one.kind == "post")
    assert ("_thumbnail_id", str(file.number)) in item.meta
    assert file.parent == item.number


def test_html_loses_the_line_breaks_that_wordpress_would_show() -> None:
    body = "<p>one\ntwo</p>\n\n<pre>three\nfour</pre>"
    data, notes = exported([Post(id="urn:p", content=Content(value=body))])
    assert b"<p>one two</p> <pre>three\nfour</pre>" in data
    assert [note.record for note in notes.kept if note.field == "Content.value"] == ["urn:p"]
