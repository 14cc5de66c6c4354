"""What a page says of its feeds, and of the doors to the rest of the blog."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedkeep.fetch.discovery import COMMON, Found, discover
from feedkeep.fetch.headers import Headers

URL = "https://lantern.example/blog/post.html"


def found(html: str, *fields: tuple[str, str]) -> Found:
    return discover(html.encode(), URL, Headers(fields))


def test_link_elements_name_feeds_those_of_comments_last() -> None:
    page = found(
        """<!DOCTYPE html><html><head><base href="https://lantern.example/">
        <link rel=alternate type="application/rss+xml" title="Lantern &raquo; Comments Feed" href="comments/feed/">
        <LINK REL='Alternate' TYPE='application/atom+xml; charset=utf-8' HREF=feed/atom/ title="Lantern">
        <link rel="feed alternate" type="application/feed+json" href="/feed.json">
        <link rel="alternate" type="application/rss+xml" href="//cdn.example/rss?a=1&amp;b=2">
        <link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" type="text/css" href="x.css">
        <!-- <link rel=alternate type="application/rss+xml" href="/commented-out"> -->
        <script>'<link rel=alternate type="application/rss+xml" href="/in-a-script">'</script>
        </head><a href="/feed">RSS</a>"""
    )
    assert [(feed.url, feed.format, feed.about, feed.stated) for feed in page.feeds] == [
        ("https://lantern.example/feed/atom/", "atom", "posts", True),
        ("https://lantern.example/feed.json", "json", "posts", True),
        ("https://cdn.example/rss?a=1&b=2", "rss", "posts", True),
        ("https://lantern.example/comments/feed/", "rss", "comments", True),
    ]
    assert page.feeds[-1].title == "Lantern » Comments Feed"


def test_wordpress_says_where_its_api_is_in_the_page_and_in_the_answer() -> None:
    html = """<link rel="https://api.w.org/" href="https://lantern.example/wp-json/" />
    <link rel="alternate" title="JSON" type="application/json" href="https://lantern.example/wp-json/wp/v2/posts/7" />
    <link rel="alternate" type="application/json+oembed" href="https://lantern.example/wp-json/oembed/1.0/embed?url=x">"""
    assert found(html).wordpress == "https://lantern.example/wp-json/"
    assert found(html).feeds == ()
    field = ("Link", '<https://lantern.example/?rest_route=/>; rel="https://api.w.org/", </s>; rel=shortlink')
    assert found("", field).wordpress == "https://lantern.example/?rest_route=/"
    feed = ("Link", '</f.xml>; rel="alternate"; type="application/rss+xml"; title="A, \\"b"')
    assert [one.url for one in found("", feed).feeds] == ["https://lantern.example/f.xml"]


def test_blogger_is_known_by_its_feeds_and_by_its_name() -> None:
    html = """<meta content='blogger' name='generator'/>
    <link rel="alternate" type="application/atom+xml" title="L - Atom" href="https://lamp.example/feeds/posts/default" />
    <link rel="service.post" type="application/atom+xml" href="https://www.blogger.com/feeds/99/posts/default" />"""
    assert found(html).blogger == "https://lamp.example/"
    assert found("<meta name=generator content=Blogger>").blogger == "https://lantern.example/"
    assert found("<p>").blogger is None


def test_a_page_may_be_a_feed_itself() -> None:
    assert found('<div class="x h-feed">').h_feed
    assert found("<article class='hentry post'>").h_feed
    assert not found('<div class="feed">h-feed</div>').h_feed


def test_links_that_look_like_feeds_are_a_last_resort() -> None:
    page = found(
        '<a href="/about">x</a><a href="../rss.xml?x=1">RSS</a><a href="/comments/feed/">c</a><a href="mailto:a@b">m</a>'
    )
    assert [(feed.url, feed.about, feed.stated) for feed in page.feeds] == [
        ("https://lantern.example/rss.xml?x=1", "posts", False),
        ("https://lantern.example/comments/feed/", "comments", False),
    ]


def test_common_places_are_looked_for_beside_the_page_and_at_the_root() -> None:
    common = found("").common
    assert common[0] == "https://lantern.example/blog/feed/"
    assert "https://lantern.example/feed.xml" in common
    assert len(common) == len(set(common)) <= 2 * len(COMMON)


def test_only_the_web_is_named() -> None:
    html = """<link rel=alternate type="application/rss+xml" href="file:///etc/passwd"><base href="javascript:alert(1)">
    <link rel=alternate type="application/rss+xml" href="http://[::1"><link rel=canonical href="https://lantern.example/p">"""
    assert found(html).feeds == ()
    assert found(html).canonical == "https://lantern.example/p"


@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: f"<link rel=alternate {text}".encode("utf-8", "replace"))
)
def test_bytes_of_any_kind_are_read(body: bytes) -> None:
    assert isinstance(discover(body, URL), Found)
