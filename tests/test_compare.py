"""What subscribers would notice: of a feed in another's place, and of our own in the place of the one it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feedkeep import formats, library
from feedkeep.cli import main
from feedkeep.errors import FeedkeepError, FormatError
from feedkeep.notes import Notes
from feedkeep.source import Source
from feedkeep.workflows.compare import compare

if TYPE_CHECKING:
    from pathlib import Path

WINDOW = {"rss": "rss.xml", "atom": "atom.xml", "jsonfeed": "feed.json"}
# The address of a frame stands where the frame was, and a script in a title is gone: on the way out, all is cleaned.
CLEANED = {
    "entry_summary_iframe.xml",
    "item_content_encoded_iframe.xml",
    "item_fullitem_iframe.xml",
    "entry_title_script.xml",
}


def feed(*items: str) -> Source:
    text = "".join(f"<item>{item}</item>" for item in items)
    return Source.from_bytes(
        f'<rss version="2.0"><channel><title>T</title><link>https://b.example/</link>{text}</channel></rss>'.encode()
    )


def item(number: int, *, guid: str | None = None, link: str | None = None, more: str = "") -> str:
    return (
        f"<title>Film {number}</title><link>{link or f'https://b.example/{number}'}</link>"
        f"<guid>{guid or f'https://b.example/{number}'}</guid>"
        f"<pubDate>Mon, 0{number} Mar 2021 10:00:00 GMT</pubDate><description>Text {number}{more}</description>"
    )


def test_the_same_feed_in_another_order_and_format_is_not_noticed() -> None:
    found = compare(feed(item(1), item(2)), feed(item(2), item(1)), notes=Notes())
    assert (found.same, found.noticed) == (2, 0)


def test_an_entry_with_another_id_is_shown_again_and_why_is_told() -> None:
    found = compare(
        feed(item(1), item(2)),
        feed(item(1, guid="new:1"), item(2, guid="new:2", link="https://n.example/2")),
        notes=Notes(),
    )
    assert [(before.id, after.id, why) for before, after, why in found.renamed] == [
        ("https://b.example/1", "new:1", "the id changed, the address is the same"),
        ("https://b.example/2", "new:2", "the id changed, title and date are the same"),
    ]
    assert (found.shown_as_new, found.gone) == ([], [])


def test_new_gone_and_changed_entries_are_told_apart() -> None:
    found = compare(feed(item(1), item(2)), feed(item(2, more="!"), item(3)), notes=Notes())
    assert [entry.id for entry in found.shown_as_new] == ["https://b.example/3"]
    assert [entry.id for entry in found.gone] == ["https://b.example/1"]
    assert [(change.entry.id, change.fields) for change in found.changed] == [
        ("https://b.example/2", {"text": ("Text 2", "Text 2!")})
    ]


def test_a_guid_that_is_no_address_any_more_is_a_change() -> None:
    one = item(1)
    found = compare(feed(one), feed(one.replace("<guid>", '<guid isPermaLink="false">')), notes=Notes())
    assert [change.fields for change in found.changed] == [{"permalink": ("yes", "no")}]


def test_a_feed_without_entries_is_an_error() -> None:
    with pytest.raises(FormatError, match="no entry"):
        compare(feed(item(1)), feed(), notes=Notes())


def test_strict_exits_with_6_where_something_would_be_noticed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.xml").write_bytes(feed(item(1)).read())
    (tmp_path / "new.xml").write_bytes(feed(item(1, guid="x")).read())
    with pytest.raises(SystemExit) as left:
        main(["compare", str(tmp_path / "old.xml"), str(tmp_path / "new.xml"), "--strict"])
    assert left.value.code == 6
    printed = capsys.readouterr()
    assert "shown again: Film 1: the id changed, the address is the same" in printed.out
    assert "1 change" in printed.err
    with pytest.raises(SystemExit) as content:
        main(["compare", str(tmp_path / "old.xml"), str(tmp_path / "old.xml"), "--strict"])
    assert content.value.code == 0


def test_no_subscriber_notices_that_our_feed_took_the_place_of_the_one_it_was_made_from(
    corpus: Path, tmp_path: Path
) -> None:
    files = [*(corpus / "feeds" / "feed-rs").rglob("*.*"), *(corpus / "feeds/feedparser/wellformed").rglob("*.xml")]
    compared, noticed = 0, {}
    for number, path in enumerate(sorted(files)[::3]):
        source = Source.from_path(path)
        try:
            name = formats.detect(source).name
            if name not in WINDOW:
                continue
            folder = tmp_path / str(number)
            library.import_into(folder / "a", source, site="s", keep_source=False)
            library.export_from(folder / "a", name, folder / "o", options={"limit": "1000"})
            found = compare(source, Source.from_path(folder / "o" / WINDOW[name]), notes=Notes())
        except FeedkeepError:  # nothing in it to subscribe to
            continue
        compared += 1
        if found.noticed:
            noticed[path.name] = found
    assert compared > 200
    assert noticed.keys() <= CLEANED
