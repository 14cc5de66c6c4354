"""Paragraphs out of blank lines, as WordPress makes them for posts of its classic editor.

The behaviour is that of the function ``wpautop`` as its reference describes it: blank lines part paragraphs, single
line breaks become ``<br />``, block-level elements stand outside of paragraphs, preformatted text stays as it is.
Where WordPress itself closes a paragraph that it never opened (two paragraphs within one list item), this gives the
HTML that was meant. Every word of the input is in the output.
"""

from __future__ import annotations

import re
from collections import Counter

from feedkeep.content.tags import ON_ONE_LINE, Token, tags_but, tokens, words
from feedkeep.patterns import pattern

_ALWAYS = frozenset({"blockquote"})  # what stands in it are paragraphs
_ITEMS = words(
    "address article aside dd details div fieldset figure footer form header hgroup li main nav section td th"
)  # paragraphs where there are several, or where blank lines set the text apart
_PHRASES = words("caption dt figcaption h1 h2 h3 h4 h5 h6 legend summary")  # hold no paragraphs
_FRAMES = words("colgroup dl map menu ol table tbody tfoot thead tr ul")  # hold no text of their own
_BLOCKS = _ALWAYS | _ITEMS | _PHRASES | _FRAMES
_EMPTY = words("area col hr")  # blocks without an end tag
_VERBATIM_BLOCKS = words("pre script style")
_VERBATIM = _VERBATIM_BLOCKS | words("audio canvas iframe math noscript object select svg textarea video")
_INLINE = tags_but(_BLOCKS | _EMPTY | _VERBATIM | {"p"})
_TO_PARAGRAPH = pattern(
    r"([^<]*+(?:</?(?:a|abbr|b|br|cite|code|del|em|i|img|ins|q|s|small|span|strong|sub|sup|u)(?=[\s/>])"
    rf"{ON_ONE_LINE}[^<]*+)*+)(<(/?)[pP](?=[\s/>]){ON_ONE_LINE})"
)
_KEPT = "\x0e"  # stands for a line break that is not ours to change
_TWO_BREAKS = pattern(r"<br\s*/?>\s*<br\s*/?>", re.IGNORECASE)
_BLANK = pattern(r"\n\s*\n")
_BREAK = pattern(r"<br\s*/?>\Z", re.IGNORECASE)


def autop(text: str) -> str:
    """Make paragraphs; see the module."""
    text = text.replace(_KEPT, "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _Writer().written(text).replace(_KEPT, "\n")


class _Writer:
    def __init__(self) -> None:
        self._out: list[str] = []
        self._run: list[str] = []  # text and inline tags since the last block
        self._open: list[str] = []  # block elements
        self._counts: Counter[str] = Counter()  # of what is open, so that a stray end tag costs nothing
        self._paragraph: str | None = None  # the tag of a paragraph that the author opened
        self._verbatim: str | None = None
        self._depth = 0  # of elements of that name within it

    def written(self, text: str) -> str:
        begun = self._paragraphs(text)
        if begun:
            text = text[begun:]
        for token in tokens(text, attributes=False, passed=_INLINE) if text else ():
            if self._verbatim is not None:
                self._keep(token)
            elif token.name is None:
                self._run.append(token.text)
            elif token.name in _VERBATIM and not token.closes:
                self._begin_verbatim(token)
            elif token.name == "p":
                self._flush()
                if not token.closes:
                    self._paragraph = token.text
            elif token.name in _EMPTY:
                self._flush()
                self._out.append(token.text)
                self._line_at_top()
            elif token.name in _BLOCKS:
                self._close(token) if token.closes else self._begin(token)
            else:
                self._run.append(token.text.replace("\n", _KEPT))
        self._flush()
        return "".join(self._out).strip("\n")

    def _paragraphs(self, text: str) -> int:
        """Write what the author's own paragraphs hold, as far as there is nothing else; tell how far that is."""
        at = 0
        while (found := _TO_PARAGRAPH.match(text, at)) is not None:
            run, tag, closes = found.groups()
            at = found.end()
            chunk = run.strip(" \t\n")
            if "<" in chunk or "\n" in chunk or (not chunk and self._paragraph not in {None, "<p>"}):
                self._run.append(run)
                self._flush()
            elif chunk:
                self._out.append(f"{self._paragraph or '<p>'}{chunk}</p>\n")
            self._paragraph = None if closes else tag
        return at

    def _begin_verbatim(self, token: Token) -> None:
        if token.name in _VERBATIM_BLOCKS:
            self._flush()
        self._verbatim, self._depth = token.name, 1
        self._run.append(token.text.replace("\n", _KEPT))

    def _keep(self, token: Token) -> None:
        self._run.append(token.text.replace("\n", _KEPT))
        if token.name != self._verbatim:
            return
        self._depth += -1 if token.closes else 1
        if self._depth:
            return
        name, self._verbatim = self._verbatim, None
        if name in _VERBATIM_BLOCKS:
            self._out.append("".join(self._run))
            self._run.clear()
            self._line_at_top()

    def _begin(self, token: Token) -> None:
        name = token.name or ""
        self._flush()
        self._open.append(name)
        self._counts[name] += 1
        self._out.append(token.text)

    def _close(self, token: Token) -> None:
        name = token.name or ""
        self._flush()
        if self._counts[name]:
            while self._pop() != name:
                pass
        self._out.append(token.text)
        self._line_at_top()

    def _pop(self) -> str:
        name = self._open.pop()
        self._counts[name] -= 1
        return name

    def _line(self) -> None:
        if self._out and not self._out[-1].endswith("\n"):
            self._out.append("\n")

    def _line_at_top(self) -> None:
        if not self._open:
            self._line()

    def _flush(self) -> None:
        """Write the run that a block, or the end, has brought to its own end."""
        if not self._run and self._paragraph is None and not self._open:
            return
        run = "".join(self._run)
        self._run.clear()
        tag, self._paragraph = self._paragraph, None
        inside = self._open[-1] if self._open else None
        chunks = [chunk.strip(" \t\n") for chunk in _parted(run)]
        filled = [chunk for chunk in chunks if chunk]
        if not filled:
            if tag is not None and tag.lower() != "<p>":
                self._out.append(tag + "</p>")
                self._line()
            elif "\n" in run:
                self._line()
            elif inside is not None:
                self._out.append(run)
            return
        if inside in _FRAMES and tag is None:
            self._out.append(run.replace("\n", _KEPT))
            return
        apart = len(filled) > 1 or (len(chunks) > 1 and inside not in _PHRASES)
        if tag is None and inside is not None and inside not in _ALWAYS and not apart:
            self._out.append(_margin(run[: len(run) - len(run.lstrip())]) + _lines(filled[0]))
            self._out.append(_margin(run[len(run.rstrip()) :]))
            return
        if inside in _PHRASES and tag is None:
            self._out.append("<br />\n".join(map(_lines, filled)))
            return
        if len(chunks) > 1 and not chunks[0]:
            self._line()
        for chunk in filled:
            if tag is None and _is_comment(chunk):
                self._out.append(chunk)
            else:
                self._out.append(f"{tag or '<p>'}{_lines(chunk)}</p>")
                tag = None
            if chunk is not filled[-1] or inside not in _ALWAYS or chunks[-1] == "":
                self._line()


def _margin(space: str) -> str:
    return "\n" if "\n" in space else space


def _is_comment(chunk: str) -> bool:
    return chunk.startswith("<!--") and chunk.find("-->") == len(chunk) - 3


def _parted(run: str) -> list[str]:
    """Part a run at its blank lines."""
    if "<" in run:
        run = _TWO_BREAKS.sub("\n\n", run)
    return _BLANK.split(run) if run.count("\n") > 1 else [run]


def _lines(chunk: str) -> str:
    if "\n" not in chunk:
        return chunk
    *lines, last = chunk.split("\n")
    first, *others = map(_without_break, lines)
    return "<br />\n".join([first, *(line.lstrip() for line in others), last.lstrip()])


def _without_break(line: str) -> str:
    line = line.rstrip()
    return _BREAK.sub("", line) if line.endswith(">") else line
