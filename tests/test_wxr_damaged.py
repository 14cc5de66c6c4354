"""WordPress exports that are damaged, cut short or too large."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from feedkeep.models import Post
from feedkeep.notes import Kind, Notes
from feedkeep.source import Source
from feedkeep.wire.wxr_repair import Repaired
from feedkeep.wire.wxr_stream import elements
from golden import DATA, read

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
