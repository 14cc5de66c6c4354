"""What leaves through a view, and what does not."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep import views
from feedkeep.content.said import texts
from feedkeep.models import Comment, Content, Enclosure, Item, Link, Media, Person, Post, Review, Site, Term
from feedkeep.selection import COMMENT_GATE, PRIVATE, Private
from feedkeep.views.repair import Repaired
from maximal import MAXIMAL
from snapshots import MemorySnapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feedkeep.models import Record, Snapshot

DAY = dt.datetime(2014, 2, 3, tzinfo=dt.UTC)
# What is no text: of a value that is converted back, and whose type allows few.
KEEPS = {"form", "status", "kind", "published", "updated", "when", "watched", "deleted", "extra"}
ALL: frozenset[Private] = frozenset(PRIVATE)
SECRET = "secret@private.example"  # noqa: S105 — an address
ANN = Person(name="Ann", email=SECRET, extra={"wxr": {"login": SECRET}, "rss": {"said": f"mail {SECRET}!"}})
POST = Post(
    id="p",
    published=DAY,
    authors=(ANN,),
    contributors=(ANN,),
    password="tower",  # noqa: S106 — of a post
    extra={"wxr": {"meta": SECRET}},
)


def comment(name: str, parent: str | None = None, **fields: Any) -> Comment:
    number = int(name[1:])
    fields = {"status": "approved", "published": DAY + dt.timedelta(minutes=number), **fields}
    return Comment(id=name, post="p", parent=parent, content=Content(value=f"words of {name}"), **fields)


def everything(snapshot: Snapshot) -> Iterator[Record]:
    yield snapshot.site
    yield from snapshot.people()
    yield from snapshot.terms()
    for post in snapshot.posts():
        yield post
        yield from snapshot.comments(post.id)
    for post, one in snapshot.recent_comments(10):
        yield post
        yield one
    yield from snapshot.media()


def said(snapshot: Snapshot) -> str:
    return b"\n".join(msgspec.json.encode(record) for record in everything(snapshot)).decode()


def test_no_private_matter_is_left_anywhere() -> None:
    records: list[Record] = [
        Site(id="s", authors=(ANN,), terms=(Term(name="t", extra={"wxr": SECRET}),), extra={"wxr": SECRET}),
        ANN,
        Person(name=SECRET, url=f"mailto:{SECRET}"),
        Person(id=SECRET, name=f"Ann <{SECRET}>"),
        Person(name=f"{SECRET} (Theo)"),
        Term(name="t", extra={"wxr": SECRET}),
        msgspec.structs.replace(
            POST,
            enclosures=(Enclosure(url="https://a.example/x", extra={"wxr": SECRET}),),
            reviews=(Review(item=Item(name="x"), extra={"rss": [SECRET, {"x": (SECRET,)}]}),),
        ),
        comment("c1", author=ANN, ip="192.0.2.7", extra={"wxr": {"agent": SECRET}}),
        Media(id="m", author=ANN, extra={"wxr": SECRET}),
    ]
    before = said(MemorySnapshot(records))
    assert SECRET in before
    assert "192.0.2.7" in before
    after = said(views.redacted(MemorySnapshot(records)))
    for private in (SECRET, "192.0.2.7", "tower", "wxr"):
        assert private not in after
    assert "mail !" in after


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann", "Ann"),
        (SECRET, None),
        (f" {SECRET} ", None),
        (f"Ann <{SECRET}>", "Ann"),
        (f"Ann [{SECRET}] Weir", "Ann Weir"),
        (f"{SECRET} (Ann)", "(Ann)"),
        ("@ann@social.example", "@ann@social.example"),
        ("Ann @ home", "Ann @ home"),
    ],
)
def test_a_name_that_holds_an_address_loses_it(name: str, shown: str | None) -> None:
    (post,) = views.redacted(MemorySnapshot([Post(id="p", authors=(Person(id=SECRET, name=name),))])).posts()
    assert post.authors == ((Person(name=shown),) if shown is not None else ())


@pytest.mark.parametrize(("matter", "shown"), [("email", SECRET), ("ip", "192.0.2.7"), ("protected", "tower")])
def test_what_is_named_leaves(matter: Private, shown: str) -> None:
    snapshot = MemorySnapshot([POST, comment("c1", author=ANN, ip="192.0.2.7")])
    assert shown in said(views.redacted(snapshot, frozenset({matter})))
    assert shown not in said(views.redacted(snapshot, ALL - {matter}))


def test_the_archive_is_not_changed_by_a_view() -> None:
    snapshot = MemorySnapshot(MAXIMAL)
    before = said(snapshot)
    said(views.cleaned(views.redacted(snapshot), repair=True))
    assert said(snapshot) == before


@pytest.mark.parametrize("status", ["pending", "spam", "trashed", "deleted"])
def test_comments_that_were_not_let_through_stay(status: str) -> None:
    gate = COMMENT_GATE[status]  # type: ignore[index]
    snapshot = MemorySnapshot([POST, comment("c1"), comment("c2", status=status), comment("c3", parent="c1")])
    closed = views.redacted(snapshot)
    assert [one.id for one in closed.comments("p")] == ["c1", "c3"]
    assert [one.id for _, one in closed.recent_comments(9)] == ["c3", "c1"]
    assert gate is not None
    opened = views.redacted(snapshot, frozenset({gate}))
    assert [one.id for one in opened.comments("p")] == ["c1", "c2", "c3"]
    assert [one.id for _, one in opened.recent_comments(9)] == ["c3", "c2", "c1"]


def test_answers_do_not_float_where_their_parent_stays_inside() -> None:
    thread = [
        comment("c1"),
        comment("c2", "c1", status="spam", author=ANN, title="buy", ip="192.0.2.7", url="https://spam.example/"),
        comment("c3", "c2", status="trashed"),
        comment("c4", "c3"),
        comment("c5", "c1", status="spam"),
        comment("c6", "c5", status="spam"),
    ]
    shown = {one.id: one for one in views.redacted(MemorySnapshot([POST, *thread])).comments("p")}
    assert list(shown) == ["c1", "c2", "c3", "c4"]
    assert shown["c2"] == Comment(
        id="c2", post="p", parent="c1", status="deleted", published=DAY + dt.timedelta(minutes=2)
    )
    assert shown["c3"].content is None
    assert shown["c4"] == thread[3]


def test_a_thread_that_bites_its_tail_does_not_hang() -> None:
    thread = [comment("c1", "c2", status="spam"), comment("c2", "c1", status="spam"), comment("c3", "c1")]
    assert len(list(views.redacted(MemorySnapshot([POST, *thread])).comments("p"))) == 3


def test_recent_comments_are_as_many_as_asked_for() -> None:
    many = [comment(f"c{number}", status="spam" if number % 9 else "approved") for number in range(100)]
    recent = views.redacted(MemorySnapshot([POST, *many])).recent_comments(5)
    assert [one.id for _, one in recent] == ["c99", "c90", "c81", "c72", "c63"]
    assert len(list(views.redacted(MemorySnapshot([POST, *many])).recent_comments(50))) == 12


def test_media_of_posts_that_stay_inside_stay_inside() -> None:
    media = [
        Media(id="m1"),
        Media(id="m2", post="p"),
        Media(id="m3", post="a draft that is not here"),
        Media(id="m4", status="private"),
        Media(id="m5", status="published"),
    ]
    snapshot = MemorySnapshot([POST, *media])
    assert [one.id for one in views.redacted(snapshot).media()] == ["m1", "m2", "m5"]
    assert [one.id for one in views.redacted(snapshot, frozenset({"private"})).media()] == ["m1", "m2", "m4", "m5"]


def test_digests_differ_for_each_setting_and_follow_the_post() -> None:
    snapshot = MemorySnapshot([POST, comment("c1")])
    seen = [
        snapshot,
        views.redacted(snapshot),
        views.redacted(snapshot, frozenset({"email"})),
        views.cleaned(snapshot),
        views.cleaned(snapshot, repair=True),
        views.repaired(snapshot),
        views.cleaned(views.redacted(snapshot)),
    ]
    for one, other in itertools.combinations(seen, 2):
        assert list(one.digests()) != list(other.digests())
        assert list(one.threads()) != list(other.threads())
    changed = MemorySnapshot([POST, comment("c1", title="new")])
    assert list(views.redacted(changed).digests()) != list(views.redacted(snapshot).digests())
    assert [row[0] for row in views.redacted(snapshot).digests()] == ["p"]


def test_every_body_becomes_safe_html() -> None:
    post = Post(
        id="p",
        title_html="<em>x</em><script>y</script>",
        content=Content(value="One\n\n<b onclick=x>Two", form="wordpress", truncated=True),
        summary=Content(value="# S", form="markdown"),
    )
    note = Comment(id="c", post="p", content=Content(value="a < b\nc", form="text"))
    picture = Media(id="m", caption=Content(value="<i style=x>y</i>"), description=Content(value="<p>ok</p>"))
    view = views.cleaned(MemorySnapshot([post, note, picture]))
    (shown,) = view.posts()
    assert shown.title_html == "<em>x</em>"
    assert shown.content == Content(value="<p>One</p>\n<p><b>Two</b></p>", truncated=True)
    assert shown.summary == Content(value="<h1>S</h1>\n")
    assert [one.content for one in view.comments("p")] == [Content(value="<p>a &lt; b<br>\nc</p>")]
    (media,) = view.media()
    assert media.caption == Content(value="<i>y</i>")
    assert media.description == Content(value="<p>ok</p>")


def test_relative_links_are_resolved_before_their_base_goes() -> None:
    post = Post(id="p", content=Content(value='<a href="/x">x</a>', base="https://a.example/b/"))
    (shown,) = views.cleaned(MemorySnapshot([post])).posts()
    assert shown.content == Content(value='<a href="https://a.example/x">x</a>')


@pytest.mark.parametrize(
    ("media_type", "html"),
    [
        ("application/xml", "<p>&lt;x on=&quot;1&quot;/&gt;</p>".replace("&quot;", '"')),
        ("application/xhtml+xml", "<p>y</p>"),
        ("text/html; charset=utf-8", "<p>y</p>"),
    ],
)
def test_a_body_of_another_type_is_shown_as_its_characters(media_type: str, html: str) -> None:
    value = "<p>y</p><script>z</script>" if "html" in media_type else '<x on="1"/>'
    post = Post(id="p", content=Content(value=value, media_type=media_type))
    (shown,) = views.cleaned(MemorySnapshot([post])).posts()
    assert shown.content == Content(value=html)


def test_addresses_that_could_run_go() -> None:
    bad = "JavaScript:alert(1)"
    post = Post(
        id="p",
        url=bad,
        comments_url=bad,
        image=bad,
        authors=(Person(name="x", url=bad, avatar=bad),),
        links=(Link(href=bad), Link(href="https://a.example/")),
        enclosures=(Enclosure(url=bad), Enclosure(url="https://a.example/a.mp3")),
        reviews=(Review(item=Item(name="x", url=bad, image=bad)),),
    )
    records: list[Record] = [
        Site(id="s", url=bad, links=(Link(href=bad),)),
        Person(id="x", url=bad),
        post,
        Comment(id="c", post="p", url=bad, published=DAY, author=Person(name="y", url=bad)),
        Media(id="m", url=bad, page_url=bad),
    ]
    shown = said(views.cleaned(MemorySnapshot(records)))
    assert "javascript" not in shown.lower()
    assert "https://a.example/a.mp3" in shown


def test_damage_is_mended_only_where_asked_to() -> None:
    damaged = "cafÃ©"
    records: list[Record] = [
        Site(id="s", title=damaged, description=damaged, terms=(Term(name=damaged),)),
        Person(id="a", name=damaged),
        Term(name=damaged, description=damaged),
        Post(
            id="p",
            title=damaged,
            subtitle=damaged,
            title_html=f"<em>{damaged}</em>",
            content=Content(value=f'<a href="/{damaged}">{damaged}</a>'),
            summary=Content(value=damaged, form="text"),
            authors=(Person(name=damaged),),
            terms=(Term(name=damaged),),
            reviews=(Review(item=Item(name=damaged, creators=(damaged,)), summary=damaged),),
        ),
        Comment(
            id="c", post="p", published=DAY, title=damaged, author=Person(name=damaged), content=Content(value=damaged)
        ),
        Media(id="m", title=damaged, alt=damaged, caption=Content(value=damaged)),
    ]
    snapshot = MemorySnapshot(records)
    assert "café" not in said(views.cleaned(snapshot))
    for view in (views.repaired(snapshot), views.cleaned(snapshot, repair=True)):
        mended = said(view)
        assert mended.count(damaged) == 2, "an address is no text; the post comes again with its comment"
        assert '"/cafÃ©' in mended.replace("\\", "")
    (post,) = views.repaired(snapshot).posts()
    assert post.content is not None
    assert post.content.form == "html"


def damaged(value: Any) -> Any:
    """A record as plain values, all of its texts damaged in the same way."""
    if isinstance(value, dict):
        return {key: held if key in KEEPS else damaged(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [damaged(one) for one in value]
    return f"{value} cafÃ©" if isinstance(value, str) else value


def test_what_is_shown_as_damaged_is_what_would_be_mended() -> None:
    view = Repaired(MemorySnapshot([]))
    views_of: dict[str, Callable[[Any], Record]] = {
        "Post": view.view_post,
        "Comment": view.view_comment,
        "Media": view.view_medium,
        "Site": view.view_site,
    }
    views_of |= {"Person": view.view_person, "Term": view.view_term}
    met: set[str] = set()
    for record in MAXIMAL:
        name = type(record).__name__
        held = msgspec.convert(damaged(msgspec.to_builtins(record)), type(record))
        shown = {field for field, text, _ in texts(held) if text}
        mended = views_of[name](held) if name in views_of else held
        fields = [field for field in held.__struct_fields__ if getattr(held, field) != getattr(mended, field)]
        assert shown == {f"{name}.{field}" for field in fields}
        met |= shown
    assert len(met) == 26


def test_a_snapshot_passes_through_whole_where_nothing_is_amiss() -> None:
    clean = Post(id="p", title="t", content=Content(value="<p>x</p>"), published=DAY)
    snapshot = MemorySnapshot([clean, comment("c1"), Media(id="m")])
    view = views.cleaned(views.redacted(snapshot), repair=True)
    assert said(view) == said(snapshot)
    assert view.count() == 1
    assert view.open_media(Media(id="m")) is None
    assert [post.id for post in view.posts(oldest_first=True, offset=1)] == []


@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.none() | st.integers(0, 11), st.sampled_from(list(COMMENT_GATE))),
        unique_by=lambda row: row[0],
    ),
    st.frozensets(st.sampled_from(PRIVATE)),
)
def test_every_answer_finds_its_parent_and_nothing_withheld_speaks(
    rows: list[tuple[int, int | None, str]], include: frozenset[Private]
) -> None:
    thread = [
        comment(f"c{name}", None if parent is None else f"c{parent}", status=status) for name, parent, status in rows
    ]
    held = {one.id for one in thread}
    seen = views.redacted(MemorySnapshot([POST, *thread]), include)
    shown = {one.id: one for one in seen.comments("p")}
    moments = [one.published for one in shown.values() if one.published]
    assert seen.replies("p") == (len(shown), max(moments, default=None))
    for one in thread:
        gate = COMMENT_GATE[one.status or "approved"]
        if gate is None or gate in include:
            assert shown[one.id] == one
            assert one.parent not in held or one.parent in shown
        elif one.id in shown:
            assert shown[one.id].content is None
