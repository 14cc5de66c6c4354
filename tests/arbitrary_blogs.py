"""Blogs of records that may come from anywhere, as Hypothesis draws them."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from feedkeep.models import Comment, Content, Media, Person, Post, Record, Site, Term

_moments = st.sampled_from(
    [
        None,
        dt.datetime(2014, 6, 3, 9, 30, 15, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        dt.datetime(2014, 6, 3, 9, 30, 15, tzinfo=dt.UTC),
        dt.datetime(2014, 6, 3, 9, 30, 16, 250_000, tzinfo=dt.timezone(-dt.timedelta(hours=3, minutes=30))),
        dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC),
    ]
)
texts = st.text(max_size=12) | st.sampled_from(
    ["Her", "her", "Hér ", "a]]>b", "x\r\ny", "\x00\x0b", "<em>t</em>", "a < b & c", "&amp;", "<![CDATA[", "日本", ""]
)
_ids = st.sampled_from(
    [
        "https://blog.example/?p=3",
        "https://blog.example/?p=4",
        "https://blog.example/?page_id=3",
        "https://other.example/?p=3",
        "tag:blog.example,2014:1",
        "urn:x:2",
    ]
)
_people = st.builds(
    Person,
    id=st.sampled_from([None, "ada", "Ada", "жук", "ada@blog.example"]),
    name=st.sampled_from([None, "Ada", "Жук", "Bo & Co", "Ada"]),
)
_bodies = st.none() | st.builds(Content, value=texts, form=st.sampled_from(["html", "wordpress", "text", "markdown"]))


@st.composite
def blogs(draw: st.DrawFn) -> list[Record]:
    records: list[Record] = [
        Site(id="https://blog.example", url="https://blog.example", title=draw(texts) or None),
        Term(name="Film", slug="film", parent=draw(st.sampled_from([None, "art", "film", "gone"]))),
        Term(name="Art", slug="art", parent=draw(st.sampled_from([None, "film"]))),
    ]
    ids = draw(st.lists(_ids, unique=True, max_size=5))
    for number, post_id in enumerate(ids):
        if number and draw(st.booleans()):
            records.append(
                Media(
                    id=post_id,
                    url=f"https://blog.example/{number}.jpg",
                    title=draw(texts),
                    published=draw(_moments),
                    post=draw(st.none() | st.sampled_from(ids)),
                )
            )
            continue
        records.append(
            Post(
                id=post_id,
                # an alias is one post's, but may state the number that another post's id states
                aliases=draw(st.sampled_from([(), (f"wp:post:{number + 3}@blog.example", f"urn:alias:{number}")])),
                title=draw(texts) or None,
                content=draw(_bodies),
                summary=draw(_bodies),
                authors=tuple(draw(st.lists(_people, max_size=2))),
                terms=(Term(name="Film", slug=draw(st.sampled_from([None, "film"]))),),
                published=draw(_moments),
                updated=draw(_moments),
                status=draw(st.sampled_from([None, "published", "draft", "private", "deleted", "scheduled"])),
                parent=draw(st.none() | st.sampled_from([*ids, "wp:post:9@blog.example", "urn:gone"])),
                image=draw(st.sampled_from([None, "https://blog.example/1.jpg", "https://img.example/x.png"])),
            )
        )
        records += draw(_threads(post_id))
    return records


@st.composite
def _threads(draw: st.DrawFn, post: str) -> list[Comment]:
    own = [
        f"{post}#comment-9",
        f"{post}#comment-5",
        f"{post}#comment-30",
        f"urn:c:{post}",
        f"https://o.example/{post}#comment-5",
    ]
    ids = draw(st.lists(st.sampled_from(own), unique=True, max_size=5))
    return [
        Comment(
            id=comment_id,
            post=post,
            parent=draw(st.none() | st.sampled_from([*own, post])),
            author=draw(st.none() | _people),
            content=draw(_bodies),
            published=draw(_moments),
            status=draw(st.sampled_from([None, "approved", "pending", "deleted", "trashed"])),
        )
        for comment_id in ids
    ]
