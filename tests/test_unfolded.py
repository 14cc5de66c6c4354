"""What WordPress's texts only name: galleries get their pictures, and what only a plugin could show is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from feedkeep import views
from feedkeep.content.shortcodes import foreign
from feedkeep.content.wordpress import left_over
from feedkeep.library import export_from, import_into
from feedkeep.models import Content, Media, Post, Site
from feedkeep.notes import Notes
from snapshots import MemorySnapshot

if TYPE_CHECKING:
    from pathlib import Path

SITE = Site(id="https://quay.example", url="https://quay.example")
FILES = [
    Media(
        id=f"https://quay.example/?attachment_id={number}",
        aliases=(f"wp:post:{number}@quay.example",),
        url=f"https://quay.example/{number}.{kind.rpartition('/')[2]}",
        alt=f'alt "{number}"',
        title=f"Title {number}",
        type=kind,
        post="wp:post:1@quay.example",
        caption=Content(value="On\n\nthe <b>quay</b>", form="wordpress") if number == 5 else None,
    )
    for number, kind in ((5, "image/jpeg"), (6, "image/png"), (7, "audio/mpeg"), (8, "video/mp4"))
]


def shown(text: str, notes: Notes | None = None) -> str:
    post = Post(
        id="https://quay.example/?p=1",
        aliases=("wp:post:1@quay.example",),
        content=Content(value=text, form="wordpress"),
    )
    (seen,) = views.cleaned(views.unfolded(MemorySnapshot([SITE, post, *FILES]), notes)).posts()
    assert seen.content is not None
    return seen.content.value


def test_a_gallery_shows_the_files_that_it_names_in_its_order() -> None:
    html = shown('a\n\n[gallery columns="2" ids="6, 5,99"]\n\nb')
    assert html.index("6.png") < html.index("5.jpeg")
    assert 'alt="alt &quot;6&quot;"' in html
    assert html.startswith("<p>a</p>")
    assert html.rstrip().endswith("<p>b</p>")
    assert "On" in html.partition("<figcaption>")[2]
    assert "the <b>quay</b>" in html
    assert "7.mpeg" not in html


def test_a_gallery_without_ids_shows_the_pictures_of_its_post() -> None:
    html = shown("[gallery]")
    assert [name in html for name in ("5.jpeg", "6.png", "7.mpeg", "8.mp4")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "tag", "file"), [("[playlist]", "audio", "7.mpeg"), ('[playlist type="video"]', "video", "8.mp4")]
)
def test_a_playlist_plays_the_files_of_its_post(text: str, tag: str, file: str) -> None:
    html = shown(text)
    assert f"<{tag} controls" in html
    assert f'src="https://quay.example/{file}"' in html
    assert html.count("quay.example") == 1


def test_a_gallery_of_files_that_nobody_has_says_what_was_there() -> None:
    assert "[gallery of 2 images]" in shown('[gallery ids="98,99"]')


def test_an_escaped_gallery_stays_words() -> None:
    assert "[gallery]" in shown("write [[gallery]] so")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('[contact-form-7 id="3" title="x"]', ("contact-form-7",)),
        ("[su_box]text[/su_box] [su_box]again[/su_box]", ("su_box",)),
        ("before\n[toc]\nafter", ("toc",)),
        ("<p>[toc]</p>\n<!-- wp:shortcode -->\n[tic]\n<!-- /wp:shortcode -->", ("toc", "tic")),
        ("as he said [sic], and a[i] and [1] and [x](https://a.example) [[toc a=b]]", ()),
        ('[gallery ids="1"] [caption]x[/caption]', ()),
        ("[" * 5000 + "a " * 5000, ()),
    ],
)
def test_shortcodes_of_plugins_are_told_from_brackets(text: str, names: tuple[str, ...]) -> None:
    assert foreign(text) == names


def test_what_only_a_plugin_or_wordpress_shows_stays_and_is_told_once_for_each_post() -> None:
    notes = Notes()
    text = '<!-- wp:latest-posts /-->\n<!-- wp:shortcode -->\n[form id="1"]\n<!-- /wp:shortcode -->'
    assert '[form id="1"]' in shown(text, notes)
    assert [note.what.partition(" is ")[0] for note in notes.kept] == ["[form]", "the block latest-posts"]
    assert {note.record for note in notes.kept} == {"https://quay.example/?p=1"}
    assert left_over(text) == ("[form]", "the block latest-posts")


def test_a_file_that_is_not_public_is_in_no_gallery() -> None:
    secret = Media(
        id="wp:post:9@quay.example", url="https://quay.example/secret.png", status="private", type="image/png"
    )
    post = Post(id="urn:1", content=Content(value='[gallery ids="9"]', form="wordpress"))
    hidden = views.cleaned(views.unfolded(views.redacted(MemorySnapshot([SITE, post, secret]))))
    assert "secret" not in repr(list(hidden.posts()))


EXPORT = """<?xml version="1.0"?><rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"
xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Q</title><link>https://quay.example</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://quay.example</wp:base_site_url>
<wp:base_blog_url>https://quay.example</wp:base_blog_url>
<item><title>A</title><link>https://quay.example/a/</link><guid isPermaLink="false">https://quay.example/?p=1</guid>
<content:encoded><![CDATA[[gallery ids="5"]

[form id="1"]]]></content:encoded><wp:post_id>1</wp:post_id><wp:post_date>2020-01-01 09:00:00</wp:post_date>
<wp:post_date_gmt>2020-01-01 09:00:00</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>
<item><title>P</title><guid isPermaLink="false">https://quay.example/?attachment_id=5</guid><wp:post_id>5</wp:post_id>
<wp:post_date>2020-01-01 09:00:00</wp:post_date><wp:post_date_gmt>2020-01-01 09:00:00</wp:post_date_gmt>
<wp:status>inherit</wp:status><wp:post_type>attachment</wp:post_type><wp:post_parent>1</wp:post_parent>
<wp:attachment_url>https://quay.example/pier.jpg</wp:attachment_url></item></channel></rss>"""


@pytest.mark.parametrize("name", ["rss", "atom", "jsonfeed", "hugo", "sqlite"])
def test_every_target_that_shows_a_text_gets_its_pictures_and_its_notes(name: str, tmp_path: Path) -> None:
    (tmp_path / "in.xml").write_text(EXPORT, "utf-8")
    import_into(tmp_path / "archive", tmp_path / "in.xml", site="quay")
    notes = Notes()
    export_from(tmp_path / "archive", name, tmp_path / "out", notes=notes)
    written = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert b"<img src=" in written or b"&lt;img src=" in written or json.dumps('<img src="').encode()[1:-1] in written
    assert [note.what for note in notes.kept if "[form]" in note.what] == [
        "[form] is for WordPress or a plugin to fill in"
    ]


def test_wordpress_itself_gets_the_text_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "in.xml").write_text(EXPORT, "utf-8")
    import_into(tmp_path / "archive", tmp_path / "in.xml", site="quay")
    notes = Notes()
    export_from(tmp_path / "archive", "wxr", tmp_path / "out", notes=notes)
    assert b'[gallery ids="5"]' in (tmp_path / "out" / "wordpress.xml").read_bytes()
    assert not [note for note in notes.kept if "[form]" in note.what]
