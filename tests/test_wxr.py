"""WordPress exports against what WordPress's importer does with them, and both directions against each other.

``wordpress`` re-implements the rules of WordPress's importer (version 0.9) from their description; it shares no
code with the exporter.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feedkeep import formats
from feedkeep.exporters.wxr import LOSSES
from feedkeep.models import Comment, Content, Media, Person, Post, Record, Site, Term
from feedkeep.notes import Kind, Notes
from feedkeep.source import Source
from feedkeep.wire.wxr import plain_title, stated_title
from feedkeep.wire.wxr_dates import naive, paired
from feedkeep.wire.wxr_ids import Seen
from feedkeep.wire.wxr_meta import restored
from feedkeep.wire.wxr_numbers import Distinct
from feedkeep.wire.wxr_repair import Repaired
from feedkeep.wire.wxr_stream import elements
from golden import DATA, read
from maximal import MAXIMAL, differences, every_field, fields_filled
from snapshots import MemorySnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

WP = "{http://wordpress.org/export/1.2/}"
NEVER = "0000-00-00 00:00:00"


# --- WordPress's importer


class Inserted(NamedTuple):
    """A post as WordPress's database holds it after the import."""

    number: int
    title: str
    date: str
    kind: str
    status: str
    author: str | None
    parent: int
    terms: list[tuple[str, str]]
    meta: list[tuple[str, str]]
    comments: dict[int, tuple[int, str, str]]  # number → parent, status, text


class Imported(NamedTuple):
    posts: dict[int, Inserted]
    refused: list[str]  # "already exists", or skipped without a word
    term_parents: dict[tuple[str, str], str]


def wordpress(data: bytes) -> Imported:
    """Import ``data`` as WordPress would; fails where WordPress would refuse the file."""
    assert b"<!DOCTYPE" not in data
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))
    assert root.tag == "rss"
    assert root.nsmap["wp"] == WP.strip("{}")
    version = root.findtext(f"channel/{WP}wxr_version") or ""
    assert re.fullmatch(r"\d+\.\d+", version)
    channel = root.find("channel")
    assert channel is not None
    authors = {
        sanitised(author.findtext(f"{WP}author_login") or ""): author.findtext(f"{WP}author_login")
        for author in channel.iter(f"{WP}author")
    }
    assert "" not in authors
    posts: dict[int, Inserted] = {}
    refused: list[str] = []
    orphans: dict[int, int] = {}
    for item in channel.iter("item"):
        flushed_whole(item)
        post = inserted(item, authors, posts, refused)
        if post is None:
            continue
        if post.parent and post.parent not in posts:
            orphans[post.number] = post.parent
            post = post._replace(parent=0)
        posts[post.number] = post
    for number, parent in orphans.items():
        if parent in posts:
            posts[number] = posts[number]._replace(parent=parent)
    return Imported(posts, refused, term_parents(channel))


def flushed_whole(item: Any) -> None:
    """The streaming reader hands an item on when its first nested element begins."""
    nested = False
    for child in item:
        if child.tag in {f"{WP}postmeta", f"{WP}comment"}:
            nested = True
        elif str(child.tag).startswith(WP) or child.tag in {"title", "link", "guid", "pubDate", "description"}:
            assert not nested, f"{child.tag} comes after a nested element"
    assert not item.findtext("description"), "the description would become the excerpt"


def inserted(
    item: Any, authors: dict[str, str | None], posts: dict[int, Inserted], refused: list[str]
) -> Inserted | None:
    def text(name: str) -> str:
        return item.findtext(f"{WP}{name}") or ""

    title, date, kind = item.findtext("title") or "", text("post_date"), text("post_type")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", date)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text("post_date_gmt"))
    assert item.find(f"{WP}post_name") is not None
    number = int(text("post_id"))
    assert 0 < number < 2**31
    if number in posts:
        refused.append(f"{number} again")
        return None
    for other in posts.values():
        same_title = not title or collated(title) == collated(other.title)
        if kind == other.kind and same_title and (not date or date == other.date):
            refused.append(f"{title} already exists")
            return None
    if kind == "attachment":
        assert text("attachment_url"), "an attachment without its file's address cannot be fetched"
    creator = sanitised(item.findtext("{http://purl.org/dc/elements/1.1/}creator") or "")
    return Inserted(
        number=number,
        title=title,
        date="the day of the import" if date == NEVER else date,
        kind=kind,
        status=text("status"),
        author=authors.get(creator),
        parent=int(text("post_parent")),
        terms=[(c.get("domain"), c.get("nicename")) for c in item.iter("category") if c.get("nicename")],
        meta=[
            (m.findtext(f"{WP}meta_key") or "", m.findtext(f"{WP}meta_value") or "")
            for m in item.findall(f"{WP}postmeta")
        ],
        comments=threads(item),
    )


def threads(item: Any) -> dict[int, tuple[int, str, str]]:
    stated = {int(comment.findtext(f"{WP}comment_id") or ""): comment for comment in item.findall(f"{WP}comment")}
    assert len(stated) == len(item.findall(f"{WP}comment")), "one comment_id twice in an item"
    done: dict[int, tuple[int, str, str]] = {}
    for number, comment in sorted(stated.items()):
        parent = int(comment.findtext(f"{WP}comment_parent") or "")
        assert parent == 0 or parent in done, "a parent that was not inserted yet"
        done[number] = (
            parent,
            comment.findtext(f"{WP}comment_approved") or "",
            comment.findtext(f"{WP}comment_content") or "",
        )
    return done


def term_parents(channel: Any) -> dict[tuple[str, str], str]:
    done: dict[tuple[str, str], str] = {}
    for kind, slug, parent, taxonomy in (
        ("category", "category_nicename", "category_parent", "category"),
        ("tag", "tag_slug", "", "post_tag"),
        ("term", "term_slug", "term_parent", ""),
    ):
        for term in channel.findall(f"{WP}{kind}"):
            key = (taxonomy or term.findtext(f"{WP}term_taxonomy") or "", term.findtext(f"{WP}{slug}") or "")
            above = (term.findtext(f"{WP}{parent}") or "") if parent else ""
            done[key] = above if (key[0], above) in done else ""
    return done


def sanitised(login: str) -> str:
    return re.sub(r"[^a-z0-9 _.\-@*]", "", login, flags=re.IGNORECASE).strip().lower()


def collated(title: str) -> str:
    decomposed = unicodedata.normalize("NFKD", title.casefold()).rstrip()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


# --- helpers of the tests


def exported(records: Iterable[Record]) -> tuple[bytes, Notes]:
    exporter = formats.exporter("wxr")
    notes = Notes()
    (file,) = exporter.write(MemorySnapshot(records), exporter.options(), notes)
    return b"".join(file.chunks), notes


def imported(data: bytes) -> list[Record]:
    records, _, error = read(Source.from_bytes(data, "export.xml"), "wxr")
    assert error is None
    return records


def _not_to_its_post(record: Record) -> Record:
    """A reply to the post itself is a comment without a parent."""
    if isinstance(record, Comment) and record.parent == record.post:
        return msgspec.structs.replace(record, parent=None)
    return record


def by_key(records: Iterable[Record]) -> list[bytes]:
    return sorted(msgspec.json.encode([type(record).__name__, record]) for record in records)


# --- records that may come from anywhere

_moments = st.sampled_from(
    [
        None,
        dt.datetime(2014, 6, 3, 9, 30, 15, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        dt.datetime(2014, 6, 3, 9, 30, 15, tzinfo=dt.UTC),
        dt.datetime(2014, 6, 3, 9, 30, 16, 250_000, tzinfo=dt.timezone(-dt.timedelta(hours=3, minutes=30))),
        dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC),
    ]
)
_texts = st.text(max_size=12) | st.sampled_from(
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
_bodies = st.none() | st.builds(Content, value=_texts, form=st.sampled_from(["html", "wordpress", "text", "markdown"]))


@st.composite
def blogs(draw: st.DrawFn) -> list[Record]:
    records: list[Record] = [
        Site(id="https://blog.example", url="https://blog.example", title=draw(_texts) or None),
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
                    title=draw(_texts),
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
                title=draw(_texts) or None,
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


# --- both directions

# what a round trip changes on purpose, by case
MEANT = {
    "co-authors": {"Person.extra"},  # authors that the export did not list get a number
    "wxr-1.0": {"Person.extra"},
    "minimal": {"Post.status"},  # a post that does not say is public
    "terms-without-slug": {"Term.slug"},  # WordPress passes them over
}


def test_the_maximal_records_fill_every_field() -> None:
    assert every_field() - fields_filled(MAXIMAL) == set()


def test_the_losses_of_a_round_trip_are_those_declared_no_more_no_less() -> None:
    data, notes = exported(MAXIMAL)
    assert differences(MAXIMAL, imported(data)) == {*LOSSES.dropped, *LOSSES.altered}
    assert [note.what for note in notes.kept] == ["no menus are in the archive: WordPress needs new ones"]


@pytest.mark.parametrize("case", sorted((DATA / "importers" / "wxr").iterdir()), ids=lambda case: case.name)
def test_what_was_read_is_read_again_from_what_was_written(case: Any) -> None:
    records, _, error = read(Source.from_path(case / "input.xml"), "wxr")
    if error is not None:
        return
    again = imported(exported(records)[0])
    assert differences(records, again) <= MEANT.get(case.name, set())


@settings(max_examples=150, deadline=None)
@given(blogs())
def test_whatever_was_written_and_read_once_stays_as_it_is(records: list[Record]) -> None:
    first = imported(exported(records)[0])
    second = imported(exported(first)[0])
    assert by_key(second) == by_key(first)


@settings(max_examples=150, deadline=None)
@given(blogs())
def test_ids_dates_and_threads_of_any_records_survive(records: list[Record]) -> None:
    again = imported(exported(records)[0])
    found = differences([_not_to_its_post(record) for record in records], again)
    kept = {"Post", "Comment", "Media", "Post.published", "Comment.published", "Comment.parent", "Media.published"}
    assert found & kept == set()


def test_an_export_is_the_same_bytes_every_time() -> None:
    terms = [record for record in MAXIMAL if isinstance(record, Term)]
    assert exported(MAXIMAL)[0] == exported([*terms, *(r for r in MAXIMAL[::-1] if r not in terms)])[0]


# --- what WordPress makes of an export


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


# --- broken input


WHOLE = (DATA / "importers" / "wxr" / "comments" / "input.xml").read_bytes()
THREE = (DATA / "importers" / "wxr" / "statuses" / "input.xml").read_bytes()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_records_or_a_format_error(data: bytes) -> None:
    read(Source("x", lambda: io.BytesIO(data)), "wxr")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 60), st.binary(max_size=12) | st.sampled_from([b"&", b"<", b"]]>"]))
def test_a_damaged_export_gives_records_or_a_format_error(at: int, lost: int, put: bytes) -> None:
    read(Source("x", lambda: io.BytesIO(WHOLE[:at] + put + WHOLE[at + lost :])), "wxr")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(THREE) - 1))
def test_a_truncated_export_gives_the_items_that_are_whole(end: int) -> None:
    records, notes, error = read(Source("x", lambda: io.BytesIO(THREE[:end])), "wxr")
    whole = THREE[:end].count(b"</item>")
    cut = THREE.rfind(b"<item", 0, end) > THREE.rfind(b"</item>", 0, end)
    assert sum(isinstance(record, Post) for record in records) == whole
    if b"</rss>" not in THREE[:end]:
        assert notes.counts[Kind.SKIPPED if cut else Kind.NOTICED] == 1 if whole else error is not None


class _Dribble(io.BytesIO):
    """Gives a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._size = size

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._size if size is None or size < 0 else min(size, self._size))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<rss>",
                "<![CDATA[",
                "]]>",
                "&",
                "&nbsp;",
                "&amp;",
                "&#11;",
                "&#x41;",
                "&bogus;",
                "\x0b",
                "<",
                " x ",
                "é",
                "-->",
            ]
        ),
        max_size=60,
    ),
    st.integers(1, 90),
)
def test_mending_does_not_depend_on_where_the_pieces_end(tokens: list[str], size: int) -> None:
    data = b"<rss>" + b"x" * 4096 + "".join(tokens).encode()  # the first piece is read in full
    whole, pieces = Repaired(io.BytesIO(data)), Repaired(_Dribble(data, size))
    assert pieces.read() == whole.read()
    assert pieces.repairs == whole.repairs


def test_only_the_item_at_hand_is_in_memory() -> None:
    head, _, tail = THREE.partition(b"<item>")
    item = (b"<item>" + tail).split(b"</item>")[0] + b"</item>"
    data = head + item * 2000 + b"</channel></rss>"
    most = max(
        len(element.getparent()) for element in elements(Source.from_bytes(data, "x"), Notes()) if element.tag == "item"
    )
    assert most < 200  # what one piece of the parser's input holds


def test_a_text_larger_than_a_post_can_be_is_refused() -> None:
    huge = WHOLE.replace(b"It rained.", b"x" * (33 << 20))
    _, _, error = read(Source.from_bytes(huge, "big.xml"), "wxr")
    assert error is not None
    assert "MiB" in error.reason


# --- small pieces


@given(st.lists(st.sampled_from(["a=1", "a=2", "b=1", "a", "a=01", "=7", "", "x=512", "x=513", "a=1 "]), max_size=40))
def test_seen_knows_what_came_by(texts: list[str]) -> None:
    seen, known = Seen(), set[str]()
    for text in texts:
        assert seen.add(text) == (text not in known)
        known.add(text)


@given(st.integers(-15 * 60, 15 * 60), st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2200, 1, 1)))  # noqa: DTZ001
def test_a_pair_of_dates_gives_the_moment_in_its_zone(minutes: int, gmt: dt.datetime) -> None:
    gmt = gmt.replace(microsecond=0)
    local = gmt + dt.timedelta(minutes=minutes)
    moment = paired(local, gmt)
    assert moment is not None
    assert moment.astimezone(dt.UTC).replace(tzinfo=None) == gmt
    assert moment.replace(tzinfo=None) == local
    assert paired(local + dt.timedelta(hours=31), gmt) is None


def test_a_draft_without_gmt_is_in_the_zone_that_the_user_states() -> None:
    draft = (DATA / "importers" / "wxr" / "draft-without-gmt" / "input.xml").read_bytes()
    source = Source.from_bytes(draft, "x", timezone=ZoneInfo("America/New_York"))
    records, _, _ = read(source, "wxr")
    (published,) = (r.published for r in records if isinstance(r, Post) and r.status == "draft")
    assert published is not None
    assert published.isoformat() == "2019-06-01T10:00:00-04:00"


def test_zeros_are_no_date() -> None:
    assert naive(NEVER) is None


@given(_texts)
def test_a_title_of_any_text_reads_back(title: str) -> None:
    assert plain_title(stated_title(title, None))[0] == title


@given(st.lists(st.text('aé\n"; ', max_size=8), max_size=4))
def test_serialised_strings_get_their_carriage_returns_back(texts: list[str]) -> None:
    values = [text.replace("\n", "\r\n") for text in texts]
    body = "".join(f'i:{n};s:{len(value.encode())}:"{value}";' for n, value in enumerate(values))
    before = f"a:{len(values)}:{{{body}}}"
    after = restored(before.replace("\r\n", "\n"))
    assert after == before or '";' in "".join(texts)
