"""A mailbox of a blog is read by Python's own mailbox and email: every thread, every text, whatever is in it."""

from __future__ import annotations

import email
import email.policy
import mailbox
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings

from feedkeep.models import Comment, Content, Person, Post, Record, Site
from golden import write
from test_oracles import snapshots

if TYPE_CHECKING:
    from email.message import EmailMessage

SITE = Site(id="https://quay.example/", url="https://quay.example/")


def messages(records: list[Record]) -> list[EmailMessage]:
    data = write("mbox", records)[PurePosixPath("blog.mbox")]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "blog.mbox"
        path.write_bytes(data)
        box = mailbox.mbox(path)
        try:
            raw = [box.get_bytes(key) for key in box.keys()]  # noqa: SIM118 — a mailbox iterates messages
        finally:
            box.close()
    return [email.message_from_bytes(one, policy=email.policy.default) for one in raw]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(snapshots())
def test_every_post_and_comment_is_a_message_and_answers_what_it_answered(records: list[Record]) -> None:
    posts = {one.id for one in records if isinstance(one, Post)}
    comments = [one for one in records if isinstance(one, Comment) and one.post in posts]
    found = messages(records)
    assert len(found) == len(posts) + len({(one.post, one.id) for one in comments})
    ids = {one["Message-ID"] for one in found}
    assert len([one for one in found if one["In-Reply-To"] is None]) == len(posts)
    for one in found:
        assert one["In-Reply-To"] is None or one["In-Reply-To"] in ids
        assert one["Date"] is not None
        assert {part.get_content_type() for part in one.iter_parts()} == {"text/plain", "text/html"}


def test_lines_that_begin_as_the_separator_does_come_back_behind_a_quote() -> None:
    body = "From here on:\nFrom there\n>From everywhere"
    (one,) = messages([SITE, Post(id="p", title="T", content=Content(value=body, form="text"))])
    plain = one.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == [f">{line}" for line in body.splitlines()]


def test_a_thread_keeps_its_people_and_its_shape() -> None:
    found = messages(
        [
            SITE,
            Post(id="p", title="Tide & time\r\nBcc: x@y.example", authors=(Person(name="Ann, of “Quay”"),)),
            Comment(
                id="a", post="p", author=Person(name="Ben", email="ben@reader.example"), content=Content(value="1")
            ),
            Comment(
                id="b", post="p", parent="a", author=Person(name="Cy", email="no address"), content=Content(value="2")
            ),
        ]
    )
    first, answer, second = found
    assert first["Subject"] == "Tide & time Bcc: x@y.example"
    assert first["Bcc"] is None
    assert first["From"].addresses[0].display_name == "Ann, of “Quay”"
    assert answer["In-Reply-To"] == first["Message-ID"]
    assert str(answer["From"]) == "Ben <ben@reader.example>"
    assert second["In-Reply-To"] == answer["Message-ID"]
    assert second["References"].split() == [first["Message-ID"], answer["Message-ID"]]
    assert second["From"].addresses[0].username == "nobody"
