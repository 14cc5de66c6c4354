"""Reviews: shown, told as JSON-LD, found."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep.content import review
from feedkeep.content.clean import sanitise
from feedkeep.models import Item, Rating, Review
from maximal import REVIEW

TEXT = st.text(max_size=20)
NUMBER = st.floats(-1e6, 1e6)
ITEMS = st.builds(
    Item,
    name=TEXT,
    kind=st.none() | st.sampled_from(["movie", "book", "album", "game", "thing", "creativework", "poem", ""]) | TEXT,
    year=st.none() | st.integers(-5000, 20000),
    creators=st.lists(TEXT, max_size=3).map(tuple),
    url=st.none() | TEXT,
    image=st.none() | TEXT,
    ids=st.dictionaries(TEXT, TEXT, max_size=3),
)
REVIEWS = st.builds(
    Review,
    item=ITEMS,
    rating=st.none() | st.builds(Rating, value=NUMBER, best=NUMBER, worst=NUMBER),
    watched=st.none() | st.dates(),
    spoiler=st.none() | st.booleans(),
    rewatch=st.none() | st.booleans(),
    summary=st.none() | TEXT,
    extra=st.dictionaries(TEXT, st.none() | TEXT | st.integers() | st.lists(TEXT, max_size=2), max_size=2),
)


@given(REVIEWS)
def test_json_ld_reads_back_field_by_field(given_: Review) -> None:
    told = json.loads(json.dumps(review.to_json_ld(given_)))
    assert review.from_json_ld(told) == given_


@given(REVIEWS, TEXT)
def test_the_block_comes_off_and_leaves_the_body_as_it_was(given_: Review, body: str) -> None:
    html = review.as_html(given_)
    assert review.strip_html(html + body) == body
    assert review.strip_html(html + html + body) == body
    assert review.strip_html("<p>x</p>" + html) == "<p>x</p>" + html


@given(REVIEWS)
def test_the_block_is_safe_and_stays_as_it_is_when_sanitised(given_: Review) -> None:
    html = review.as_html(given_)
    assert review.strip_html(sanitise(html) + "rest") == "rest"


def test_the_block_shows_what_a_reader_wants_to_know() -> None:
    html = review.as_html(REVIEW)
    assert sanitise(html) == html
    for part in (
        '<a class="u-url" href="https://films.example/long-tide"><cite class="p-name">The Long Tide</cite></a>',
        "(2013)",
        "by Mira Vance, Tom Oyelaran",
        "★★★★",
        "watched again",
        "2014-05-30",
        "contains spoilers",
        "Slow, and worth it.",
    ):
        assert part in html


def test_a_hostile_review_shows_its_characters() -> None:
    html = review.as_html(Review(item=Item(name="</div><script>", url="javascript:alert(1)"), summary='"><img src=x>'))
    assert "<script" not in html
    assert "javascript:" not in html
    assert "<img" not in html


@pytest.mark.parametrize(
    ("rating", "shown"),
    [
        (Rating(value=3.5), "★★★½ (3.5/5)"),
        (Rating(value=8, best=10), "★★★★ (8/10)"),
        (Rating(value=5, worst=1), "★★★★★ (5/5)"),
        (Rating(value=4, worst=1), "★★★★ (4/5)"),
        (Rating(value=0), "0/5"),
        (Rating(value=85, best=100), "★★★★½ (85/100)"),
        (Rating(value=11, best=10), "★★★★★ (11/10)"),
        (Rating(value=0, best=2, worst=-2), "★★½ (0/2)"),
        (Rating(value=2, best=1, worst=6), "★★★★ (2/1)"),
        (Rating(value=1, best=1, worst=1), "1/1"),
    ],
)
def test_stars_are_of_five(rating: Rating, shown: str) -> None:
    assert review.stars(rating) == shown


@given(NUMBER, NUMBER, NUMBER)
def test_any_rating_lands_on_the_scale(value: float, best: float, worst: float) -> None:
    assert 0 <= review.on_scale(Rating(value=value, best=best, worst=worst)) <= 5


JSON_LD = """<p>x</p><script type="application/ld+json">%s</script>"""


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (
            {
                "@type": "Review",
                "itemReviewed": {"@type": "Movie", "name": "Fog", "sameAs": "https://www.imdb.com/title/tt0123456/"},
                "reviewRating": {"ratingValue": "4"},
            },
            Review(item=Item(name="Fog", kind="movie", ids={"imdb": "tt0123456"}), rating=Rating(value=4, worst=1)),
        ),
        (
            {
                "@graph": [
                    {"@type": "WebPage"},
                    {
                        "@type": ["Book"],
                        "name": "Fog, the book",
                        "isbn": "9780000000002",
                        "author": {"@type": "Person", "name": "Ola Brandt"},
                        "datePublished": "1999-05-01",
                        "review": {
                            "@type": "Review",
                            "name": "Damp",
                            "reviewRating": {"ratingValue": 7, "bestRating": 10, "worstRating": 0},
                        },
                    },
                ]
            },
            Review(
                item=Item(
                    name="Fog, the book",
                    kind="book",
                    year=1999,
                    creators=("Ola Brandt",),
                    ids={"isbn": "9780000000002"},
                ),
                rating=Rating(value=7, best=10),
                summary="Damp",
            ),
        ),
        ([{"@type": "http://schema.org/CriticReview", "itemReviewed": "Fog"}], Review(item=Item(name="Fog"))),
    ],
)
def test_json_ld_of_others_is_found(data: object, found: Review) -> None:
    assert review.find(JSON_LD % json.dumps(data)) == (found,)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[" * 5000,
        '{"@type": "Review"}',
        '{"@type": "Article", "name": "x"}',
        "3",
        '{"@type": "Review", "itemReviewed": {}}',
        '{"@type": "Review", "itemReviewed": true}',
    ],
)
def test_json_ld_that_is_no_review_is_none(text: str) -> None:
    assert review.find(JSON_LD % text) == ()


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=9) | st.sampled_from(["Review", "Movie"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "@type",
                        "name",
                        "itemReviewed",
                        "reviewRating",
                        "ratingValue",
                        "identifier",
                        "sameAs",
                        "review",
                        "@graph",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_without_a_word(data: object) -> None:
    review.find(JSON_LD % json.dumps(data))


def test_half_a_surrogate_pair_in_a_script_is_no_end_of_the_import() -> None:
    lone = r'{"@type": "Review", "itemReviewed": {"name": "Fog \ud800", "url": "\ud83c\udf2b"}}'
    assert review.find(JSON_LD % lone) == (Review(item=Item(name="Fog \ufffd", url="🌫")),)


HREVIEW = """
<div class="hreview"><span class="item"><a class="fn url" href="https://f.example/fog">Fog</a></span>
<abbr class="rating" title="4.5">★★★★½</abbr><p class="summary">Damp but <b>fine</b></p></div>
"""
H_REVIEW = """
<article class="h-review"><h2 class="p-name">My verdict</h2><div class="p-item h-item"><span class="p-name">Fog</span>
<img class="u-photo" src="fog.jpg"></div><data class="p-rating" value="8">8</data> of <span class="p-best">10</span>
<div class="h-review"><span class="p-item">Rain</span><p><i><span class="p-summary">Wet</span></i></p></div></article>
"""


def test_hreview_is_found() -> None:
    assert review.find(HREVIEW) == (
        Review(
            item=Item(name="Fog", url="https://f.example/fog"),
            rating=Rating(value=4.5, worst=1),
            summary="Damp but fine",
        ),
    )


def test_h_review_is_found_and_one_within_it_is_its_own() -> None:
    assert review.find(H_REVIEW) == (
        Review(item=Item(name="Fog", image="fog.jpg"), rating=Rating(value=8, best=10, worst=1)),
        Review(item=Item(name="Rain"), summary="Wet"),
    )


def test_our_own_block_is_found() -> None:
    found = Review(
        item=Item(name="Fog", url="https://f.example/fog"),
        rating=Rating(value=4, best=10, worst=1),
        watched=dt.date(2014, 2, 3),
        summary="Damp",
    )
    assert review.find(review.as_html(found)) == (found,)


@pytest.mark.parametrize(
    "html", ["<p>Rating: 4/5</p>", "★★★★☆", "<p class='review'>4 out of 5 stars</p>", "hreview", "<p class=hreview>"]
)
def test_stars_that_only_people_see_are_not_guessed_at(html: str) -> None:
    assert review.find(html) == ()


@given(
    st.lists(
        st.sampled_from([HREVIEW, H_REVIEW, "<div class=h-review>", "</div>", "<p class=p-item>x", "\0", "<![CDATA["]),
        max_size=8,
    ).map("".join)
)
def test_any_markup_is_looked_through(html: str) -> None:
    review.find(html)
