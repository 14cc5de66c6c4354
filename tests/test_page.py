"""Saved web pages: real ones, deep ones, and what a page without a post says."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

import golden
from feedkeep import formats
from feedkeep.library import import_into
from feedkeep.models import Comment, Post, Site
from feedkeep.source import Source

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '<!DOCTYPE html><html><head><link rel="canonical" href="https://films.example/rope"></head><body>'
BODY = '<h1 class="entry-title">Rope</h1><div class="entry-content"><p>One room.</p></div>'


def page(text: str) -> tuple[list[Post], list[Comment], list[str]]:
    records, notes, error = golden.read(Source.from_bytes(text.encode(), "page.html"), "page")
    assert error is None
    posts = [record for record in records if isinstance(record, Post)]
    return posts, [record for record in records if isinstance(record, Comment)], [note.what for note in notes.kept]


def test_every_page_of_the_corpus_gives_records_or_one_error(corpus: Path) -> None:
    paths = [*(corpus / "html").rglob("*.html"), *(corpus / "newsletters" / "ghost-migrate").glob("*.html")]
    outcomes = [golden.read(Source.from_path(path), "page") for path in sorted(paths)]

    assert len(outcomes) > 100
    assert all(bool(records) != (error is not None) for records, _, error in outcomes)


def test_entries_have_the_titles_that_the_parsed_pages_state(corpus: Path) -> None:
    compared = 0
    for path in sorted((corpus / "html").rglob("*.json")):
        if path.parent.name not in {"h-entry", "h-review", "hentry", "hreview", "h-feed", "hfeed"}:
            continue
        items = json.loads(path.read_bytes())["items"]
        items = [one for item in items for one in (item, *item.get("children", []))]
        wanted = [one["properties"] for one in items if {"h-entry", "h-review"} & set(one["type"])]
        records, _, error = golden.read(Source.from_path(path.with_suffix(".html")), "page")
        assert error is None, path.name
        posts = [record for record in records if isinstance(record, Post)]
        for post, told in zip(posts, wanted, strict=False):
            if told.get("name") and post.title is not None:
                assert post.title == " ".join(told["name"][0].split()), path.name
                compared += 1
    assert compared > 8


def test_a_page_whose_text_is_not_found_keeps_its_address_and_says_so(corpus: Path) -> None:
    path = corpus / "newsletters" / "ghost-migrate" / "substack-hello-world.html"
    assert formats.detect(Source.from_path(path)).name == "page"
    records, notes, error = golden.read(Source.from_path(path), "page")
    assert error is None
    site, post = records
    assert isinstance(site, Site)
    assert site.url == "https://example.substack.com/"
    assert isinstance(post, Post)
    assert post.id == post.url == "https://example.substack.com/p/hello-world"
    assert post.content is None
    assert "no text of the post was found on the page" in [note.what for note in notes.kept]


def test_a_thread_300_deep_keeps_who_answers_whom() -> None:
    deep = "".join(
        f'<ol class="children"><li class="comment" id="comment-{n}"><b class="fn">P{n}</b>'
        f'<div class="comment-content"><p>{n}</p></div>'
        for n in range(1, 301)
    )
    _, comments, _ = page(HEAD + BODY + deep + "</li></ol>" * 300)

    assert len(comments) == 300
    assert comments[0].parent is None
    assert [one.parent for one in comments[1:]] == [one.id for one in comments[:-1]]
    assert all(one.content is not None and one.content.value == f"<p>{n}</p>" for n, one in enumerate(comments, 1))


@pytest.mark.parametrize("deep", [3, 300])
def test_a_thread_of_plain_lists_keeps_who_answers_whom(deep: int) -> None:
    lists = "".join(f"<ul><li><b>P{n}</b> wrote on 3 March 2014: {n}" for n in range(1, deep + 1))
    posts, comments, _ = page(f"{HEAD}{BODY}<h3>{deep} comments</h3>{lists}{'</li></ul>' * deep}")

    assert [(one.author and one.author.name, one.content and one.content.value) for one in comments] == [
        (f"P{n}", f"{n}") for n in range(1, deep + 1)
    ]
    assert [one.parent for one in comments] == [None, *(one.id for one in comments[:-1])]
    assert posts[0].comment_count == deep


def test_a_thread_of_linked_data_keeps_who_answers_whom() -> None:
    told: dict[str, Any] = {"@type": "Comment", "text": "0"}
    for n in range(1, 200):
        told = {"@type": "Comment", "text": f"{n}", "comment": [told]}
    article = {"@type": "BlogPosting", "headline": "Rope", "comment": [told, {"@type": "Comment", "text": "x"}]}
    _, comments, _ = page(f'{HEAD}{BODY}<script type="application/ld+json">{json.dumps(article)}</script>')

    assert [one.content and one.content.value for one in comments] == [
        *(f"<p>{n}</p>" for n in range(199, -1, -1)),
        "<p>x</p>",
    ]
    assert [one.parent for one in comments] == [None, *(one.id for one in comments[:199]), None]


def test_linked_data_that_is_too_deep_is_told() -> None:
    deep = '{"@type": "Comment", "comment": [' * 5000 + "]}" * 5000
    posts, comments, notes = page(f'{HEAD}{BODY}<script type="application/ld+json">{deep}</script>')
    assert (len(posts), comments, notes) == (1, [], ["linked data too deep to be read"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<h2>Comments</h2><ul><li><a href='/a'>An older post</a></li><li><a href='/b'>Another</a></li></ul>", 0),
        ("<h2>Recent posts</h2><ul><li><b>Ida</b> 3 March 2014: slow</li></ul>", 0),
        ("<h2>Comments</h2><p>None yet.</p><h2>Archive</h2><ul><li><b>Ida</b> 3 March 2014: slow</li></ul>", 0),
        ("<ul class='tags'><li><b>Ida</b>: slow</li></ul>", 0),
        ("<h2>Comments</h2><ul><li>I saw it on 3 March 2014 in Berlin.</li></ul>", 0),
        ("<div id='post-comments'><ol><li><b>Ida</b> <time>3 March 2014</time> slow</li></ol></div>", 1),
    ],
)
def test_a_list_of_something_else_is_no_conversation(text: str, found: int) -> None:
    _, comments, _ = page(HEAD + BODY + text)
    assert len(comments) == found


def test_comments_that_live_elsewhere_are_noted() -> None:
    _, comments, notes = page(HEAD + BODY + '<div id="disqus_thread"></div>')
    assert comments == []
    assert notes == ["the comments are kept by Disqus, not on the page"]


def test_a_review_in_json_ld_is_read() -> None:
    told = {"@type": "Review", "itemReviewed": {"@type": "Movie", "name": "Rope"}, "reviewRating": {"ratingValue": 4}}
    ((post,), _, _) = page(HEAD + f'<script type="application/ld+json">{json.dumps(told)}</script>' + BODY)
    (review,) = post.reviews
    assert review.item.name == "Rope"
    assert review.rating is not None
    assert review.rating.value == 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<!DOCTYPE html><title>403 Forbidden</title><h1>Forbidden</h1>", "403"),
        ("<!doctype html><title>No feed</title>", "no article"),
        ("<html><body><h1>502 Bad Gateway</h1></body></html>", "502"),
        ('<html><title>Log in</title><form><input type="password"></form></html>', "log in"),
    ],
)
def test_a_page_without_a_post_is_one_clear_error(text: str, says: str) -> None:
    records, _, error = golden.read(Source.from_bytes(text.encode(), "page.html"), "page")
    assert records == []
    assert error is not None
    assert says in str(error)


def test_a_page_that_was_saved_complete_brings_its_pictures(tmp_path: Path) -> None:
    folder = golden.DATA / "importers" / "page" / "saved-complete" / "input"
    reports = import_into(tmp_path / "a", folder)
    assert [(report.format, report.unread) for report in reports] == [("page", ())]
    (kept,) = [path for path in (tmp_path / "a").glob("*/media/*/*") if path.is_file()]
    assert kept.read_bytes() == (folder / "Ida_files" / "road.png").read_bytes()


def test_a_page_of_something_else_in_a_folder_is_listed_and_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(golden.DATA / "importers" / "page" / "saved-complete" / "input", folder)
    (folder / "index.html").write_text("<html><body></body></html>")
    reports = import_into(tmp_path / "a", folder)
    assert [report.format for report in reports] == ["page", None]
    assert reports[-1].unread == ("folder/index.html",)
