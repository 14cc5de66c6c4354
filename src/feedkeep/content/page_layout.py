"""The parts of a saved blog page's text: title, byline, paragraphs, the comments, and the furniture around them."""

from __future__ import annotations

import re
from typing import NamedTuple

from feedkeep.content import page_thread
from feedkeep.content.page_lines import (
    LONGEST,
    Byline,
    Heading,
    alike,
    byline,
    ends_comments,
    heading,
    is_furniture,
    terms,
)
from feedkeep.content.page_thread import Line

_NOT_PROSE = re.compile(r"[{}<>;=\\|\t]")
_NOT_A_TITLE = re.compile(r"\s*(?:[*+#@/%;-]|\.\.\s|[\w-]+:\s|\S*[^\w’'“”\"!?\s]\S*$)|\s{8}")
_SUFFIX = re.compile(r"\s+[|–—»«·:-]+\s+")
_FULL_LINE = 120  # characters; a text with longer lines is not wrapped, so each of its lines is a paragraph
_TITLE = 200  # characters of a title at most
_TOP = 40  # lines in which a title is looked for
_BOTTOM = 12  # lines in which links to other posts may stand below the text
# How sure it is that a line is the heading of the comments.
_PLAIN, _LOOSE, _COUNTED, _QUOTED, _REPEATED = range(5)
_OUT = "taken for page furniture and left out"


class Page(NamedTuple):
    """A page's lines, parted."""

    title: str | None
    body: list[Line]
    bylines: list[Byline]
    terms: list[tuple[str, str]]
    heading: Heading | None
    comments: list[Line]
    tail: list[Line]
    furniture: list[tuple[Line, str]]  # and why


def lines_of(text: str) -> list[Line]:
    """Number the lines of a text, whatever ends them."""
    rows = re.split(r"\r\n|[\n\r\f\x85\u2028\u2029]", text)
    return [Line(number, row) for number, row in enumerate(rows, 1)]


def is_prose(line: str) -> bool:
    """Tell whether a line is of sentences, and not of data, code or a menu."""
    return len(line) >= 40 and line.count(" ") >= 6 and len(_NOT_PROSE.findall(line)) <= len(line) // 50


def is_page(text: str) -> bool:
    """Tell whether a text is that of a blog page: prose under a heading of comments or a title that stands twice."""
    lines = lines_of(text)
    filled = [line.text for line in lines if line.text.strip()]
    if len(filled) < 3 or not any(map(is_prose, filled)):
        return False
    at, rank = _ranked_heading(lines)
    if at and (rank >= _QUOTED or (rank == _COUNTED and page_thread.is_thread(lines[at + 1 :]))):
        return True
    return _is_titled_twice(filled) and any(
        ends_comments(line) or heading(line) or is_furniture(line) or byline(line) for line in filled
    )


def _is_titled_twice(filled: list[str]) -> bool:
    """Tell whether the first line that is no furniture comes again at once."""
    tops = [line for line in filled[:_TOP] if not is_furniture(line)][:3]
    words = [alike(line) for line in tops]
    if len(words) < 2 or not words[0] or len(tops[0]) > _TITLE or _NOT_A_TITLE.match(tops[0]):
        return False
    return words[0] == words[1] or _is_title(tops[0], words[1])


def _ranked_heading(lines: list[Line]) -> tuple[int | None, int]:
    """Find the heading of the comments and how sure that is; the surest, and of those the first."""
    tops = [alike(line.text) for line in lines[: 2 * _TOP] if 0 < len(line.text) <= _TITLE]
    best: int | None = None
    rank = -1
    prose = False  # before it, "3 comments" is a link to them
    for at, line in enumerate(lines):
        if len(line.text) > LONGEST:
            prose = True
            continue
        prose = prose or is_prose(line.text)
        told = heading(line.text)
        if told is None:
            continue
        if told.title is not None:
            words = alike(told.title)
            known = bool(words) and any(top.startswith(words) for top in tops)
            found = _REPEATED if known else _QUOTED if told.quoted else _LOOSE
        else:
            found = _COUNTED if told.claimed is not None else _PLAIN
        if found > rank and (prose or found == _REPEATED):
            best, rank = at, found
    return best, rank


def parted(lines: list[Line]) -> Page:
    """Part a page's lines; each comes out once, those of the title and the bylines read."""
    at, _ = _ranked_heading(lines)
    told = heading(lines[at].text) if at is not None else None
    if at is not None:
        end = next((i for i in range(at + 1, len(lines)) if ends_comments(lines[i].text)), len(lines))
    else:
        prose = next((i for i, line in enumerate(lines) if is_prose(line.text)), len(lines))
        end = next((i for i in range(prose, len(lines)) if ends_comments(lines[i].text)), len(lines))
    furniture: list[tuple[Line, str]] = []
    above = lines[: end if at is None else at]
    title, body, bylines = _headed(above, told.title if told is not None else None, furniture)
    named = _footed(body, furniture)
    furniture.sort(key=lambda one: one[0].number)
    return Page(
        title=title,
        body=body,
        bylines=bylines,
        terms=named,
        heading=told,
        comments=lines[at + 1 : end] if at is not None else [],
        tail=lines[end:],
        furniture=furniture,
    )


def _footed(body: list[Line], furniture: list[tuple[Line, str]]) -> list[tuple[str, str]]:
    """Take terms, buttons and links to other posts off the end of the text; give the terms."""
    for at in range(max(0, len(body) - _BOTTOM), len(body)):
        if ends_comments(body[at].text):  # such as "Post navigation", under which stand other posts' titles
            furniture += [(line, _OUT) for line in body[at:] if line.text.strip()]
            del body[at:]
            break
    found: list[tuple[str, str]] = []
    while body:
        text = body[-1].text
        named = terms(text)
        if text.strip() and not named and not is_furniture(text):
            break
        line = body.pop()
        found = [*named, *found]
        if text.strip() and not named:
            furniture.append((line, _OUT))
    return found


def _headed(
    lines: list[Line], known: str | None, furniture: list[tuple[Line, str]]
) -> tuple[str | None, list[Line], list[Byline]]:
    """Take title, byline and buttons off the top; what is left is the text."""
    rows = [at for at, line in enumerate(lines) if line.text.strip()][:_TOP]
    wanted = alike(known) if known else None
    if wanted is None:
        short = [alike(lines[at].text) for at in rows[:15] if len(lines[at].text) <= _TITLE]
        wanted = next((words for words in short if words and short.count(words) > 1), None)
    start = next((at for at in rows if wanted and _is_title(lines[at].text, wanted)), None)
    if start is None:
        start = next((at for at in rows if not is_furniture(lines[at].text)), None)
        if start is None or len(lines[start].text) > _TITLE or _is_paragraph(lines[start].text):
            return known, lines, []
        wanted = alike(lines[start].text)
    furniture += [(lines[at], _OUT) for at in rows if at < start]
    title: str | None = None
    bylines: list[Byline] = []
    at = start
    while at < len(lines):
        text = lines[at].text.strip()
        said = byline(text)
        if wanted and len(text) <= _TITLE and _is_title(text, wanted):
            exact = alike(text) == wanted
            if title is None:
                title = text if exact else _SUFFIX.split(text)[0] if alike(_SUFFIX.split(text)[0]) == wanted else known
            else:
                furniture.append((lines[at], "the title again, left out"))
        elif said is not None:
            bylines.append(said)
        elif is_furniture(text) or heading(text) is not None or ends_comments(text):
            furniture.append((lines[at], _OUT))
        elif text:
            break
        at += 1
    return title, lines[at:], bylines


def _is_paragraph(text: str) -> bool:
    return is_prose(text) and len(text) > _TITLE // 2 and text.rstrip().endswith((".", "!", "?", "…", "”", '"'))


def _is_title(text: str, wanted: str) -> bool:
    """Tell whether a line is the title, perhaps with the blog's name after it."""
    words = alike(text)
    return words == wanted or (len(text) <= _TITLE and any(alike(part) == wanted for part in _SUFFIX.split(text)[:1]))


def paragraphs(lines: list[Line]) -> list[tuple[int, str, bool]]:
    """Join lines to paragraphs: (line, text, whether it was parted without a blank line)."""
    filled = [line.text for line in lines if line.text.strip()]
    margin = min((len(text) - len(text.lstrip(" ")) for text in filled), default=0)
    paragraphs: list[tuple[int, list[str], bool]] = []
    new = True
    for line in lines:
        text = line.text[margin:]
        if not text.strip():
            new = True
            continue
        full = not new and len(text) >= _FULL_LINE <= len(paragraphs[-1][1][-1])
        if new or full:
            paragraphs.append((line.number, [text], full))
        else:
            paragraphs[-1][1].append(text)
        new = False
    return [(number, "\n".join(rows), parted) for number, rows, parted in paragraphs]
