"""epubcheck, which shops and libraries hold books to, finds nothing in ours: no error, no warning."""

from __future__ import annotations

import random
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from feedkeep import formats, output
from feedkeep.content.tags import words
from feedkeep.library import export_from, import_into
from feedkeep.models import Comment, Content, Media, Person, Post, Record, Site
from feedkeep.notes import Notes
from feedkeep.selection import PRIVATE, Private
from golden import cases, parse
from snapshots import MemorySnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

SAMPLE = Path(__file__).parents[2] / "archive"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "8a33e3000000000049454e44ae426082"
)
# Words that HTML is made of, those that belong together on a line.
FAMILIES = [
    "table thead tbody tfoot tr td th caption col colgroup p",
    "dl dt dd div",
    "ul ol li p",
    "figure figcaption img p",
    "ruby rt rp span",
    "audio video source track a img picture",
    "details summary main nav header footer address section h1 h4",
    "a abbr acronym b bdo big center cite data dfn em font i ins del kbd pre q s small span strike sub time tt u wbr br hr",
    "iframe object script style form input svg math marquee",
]
ATTRIBUTES = sorted(
    words(
        "align border id name class href src alt title lang dir width height srcset poster controls datetime value start "
        "type reversed colspan rowspan scope headers cite rel style onclick xml:lang"
    )
)
VALUES = [
    *("", "x", "1", "0", "-1", "99999999", "a b", "#x", "#comment-1", "#1x", "en", "en-GB", "no-such-language-at-all"),
    *(
        "ltr",
        "RTL",
        "auto",
        "row",
        "é",
        "x\x0by",
        "https://",
        "http:///x",
        "http://[::1]/",
        "//cdn.example/x.png",
        "?q",
        "../up",
    ),
    *("javascript:alert(1)", "data:image/png;base64,iVBORw0KGgo=", "mailto:", "mailto:a b@c", "tel:+1", "ftp://x/"),
    *(
        "https://b.example/1/",
        "https://b.example/1/#comment-1",
        "https://b.example/1/#x",
        "https://x.example/a b?<>&c=[d]",
    ),
    *(
        "https://日本.example/ü?q=ß#é",
        "https://a_b.example:99999/",
        "https://user:pw@h.example/%zz%",
        "https://h.example/{|}^`",
    ),
    *(
        "https://b.example/pic.png",
        "https://b.example/pic-300x200.png 2x",
        "https://b.example/w.webp",
        "https://b.example/s.mp3",
    ),
    *("https://b.example/f.mp4", "https://b.example/lie.png", "https://www.youtube.com/embed/x"),
]


def judged(path: Path) -> str:
    """What epubcheck says of a book."""
    program, java = shutil.which("epubcheck"), shutil.which("java")
    if program is None or java is None:
        pytest.skip("epubcheck is not installed: see tests/real/setup.sh")
    command = [java, "-jar", program] if zipfile.is_zipfile(program) else [program]  # Debian's is the jar itself
    ended = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False, timeout=300)
    return ended.stdout + ended.stderr


def made(records: Iterable[Record], path: Path, media: dict[str, bytes] | None = None) -> Path:
    exporter = formats.exporter("epub")
    output.save_zip(exporter.write(MemorySnapshot(records, media), exporter.options(), Notes()), path)
    return path


def test_it_finds_what_is_wrong(tmp_path: Path) -> None:
    good = made([Site(id="a")], tmp_path / "good.epub")
    with zipfile.ZipFile(good) as whole, zipfile.ZipFile(tmp_path / "bad.epub", "w") as bad:
        for name in whole.namelist():
            bad.writestr(name, whole.read(name).replace(b"</h1>", b"</h1><center>no</center>"))
    assert "0 errors" not in judged(tmp_path / "bad.epub")


@pytest.mark.parametrize("include", [frozenset(), frozenset(PRIVATE)], ids=["public", "everything"])
def test_the_sample_archive(include: frozenset[Private], tmp_path: Path) -> None:
    export_from(SAMPLE, "epub", tmp_path / "blog.epub", include=include)
    assert "0 fatals / 0 errors / 0 warnings / 0 infos" in judged(tmp_path / "blog.epub")


@pytest.mark.parametrize(
    "case", [case for case in cases("exporters") if case.parent.name == "epub"], ids=lambda c: c.name
)
def test_the_data_cases(case: Path, tmp_path: Path) -> None:
    path = made(parse((case / "records.jsonl").read_text("utf-8")), tmp_path / "case.epub")
    assert "0 fatals / 0 errors / 0 warnings / 0 infos" in judged(path)


@pytest.mark.parametrize("place", ["wxr/jekyll-import", "wxr/ghost-migrate/sample.xml", "wxr/isso", "blogger", "ghost"])
def test_real_blogs(place: str, corpus: Path, tmp_path: Path) -> None:
    import_into(tmp_path / "archive", corpus / place, site="blog")
    export_from(tmp_path / "archive", "epub", tmp_path / "blog.epub", include=frozenset(PRIVATE))
    assert "0 fatals / 0 errors / 0 warnings / 0 infos" in judged(tmp_path / "blog.epub")


def test_a_thread_of_many_pages(tmp_path: Path) -> None:
    site, url = Site(id="https://b.example", url="https://b.example"), "https://b.example/1/"
    said: list[Record] = [
        Comment(
            id=f"c{n}",
            post="p",
            parent=f"c{n - 1}" if n else None,
            url=f"{url}#comment-{n}",
            content=Content(value="x"),
        )
        for n in range(600)
    ]
    body = Content(value=f'<a href="{url}#comment-599">the last</a>')
    path = made([site, Post(id="p", url=url, content=body), *said], tmp_path / "long.epub")
    assert "0 fatals / 0 errors / 0 warnings / 0 infos" in judged(path)


def markup(chance: random.Random, depth: int = 0) -> str:
    """Make HTML that nobody would write and anybody may find."""
    pieces = []
    family = chance.choice(FAMILIES).split()
    for _ in range(chance.randint(0, 4)):
        if chance.random() < 0.3 or depth > 5:
            pieces.append(chance.choice(["text ", " ", "&amp;", "&nbsp;", "<", "]]>", "&bogus;", "\x00", "😀"]))
            continue
        name = chance.choice(family)
        told = "".join(
            f' {chance.choice(ATTRIBUTES)}="{chance.choice(VALUES)}"' for _ in range(chance.choice([0, 1, 1, 2]))
        )
        inner = markup(chance, depth + 1)
        pieces.append(
            chance.choice([f"<{name}{told}>{inner}</{name}>"] * 8 + [f"<{name}{told}>{inner}", f"{inner}</{name}>"])
        )
    return "".join(pieces)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_html_of_any_kind(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 — the same at every run
    media = {"pic.png": PNG, "w.webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ", "s.mp3": b"ID3\x03", "lie.png": b"<script>"}
    media["f.mp4"] = b"\x00\x00\x00\x18ftypisom"
    records: list[Record] = [
        Site(id="https://b.example", url="https://b.example", title="Any", image="https://b.example/pic.png")
    ]
    records += [Media(id=name, url=f"https://b.example/{name}", type="image/jpeg") for name in media]
    for number in range(250):
        body = Content(value=markup(chance), form=chance.choice(["html", "html", "wordpress", "markdown"]))
        records.append(
            Post(id=f"p{number}", url=f"https://b.example/{number}/", content=body, image=chance.choice(VALUES))
        )
        for at in range(chance.randint(0, 2)):
            url = f"https://b.example/{number}/#comment-{at}"
            author = Person(name="N", url=chance.choice(VALUES))
            records.append(
                Comment(
                    id=f"c{number}.{at}",
                    post=f"p{number}",
                    url=url,
                    author=author,
                    content=Content(value=markup(chance, 3)),
                )
            )
    told = judged(made(records, tmp_path / "any.epub", media))
    assert "0 fatals / 0 errors / 0 warnings / 0 infos" in told
