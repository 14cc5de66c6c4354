"""HTML cut into tags and text, as a browser's tokeniser would cut it (HTML, section 13.2.5), in linear time.

For what must leave all else as it is, byte by byte: rewriting an address, finding the words. It builds no tree.
"""

from __future__ import annotations

import html as entities
import html.entities as named
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator


def words(text: str) -> frozenset[str]:
    """Make a set of names out of one line of them."""
    return frozenset(text.split())


# Every element of HTML, today's and those that old posts hold.
NAMES = words(
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote body br "
    "button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt "
    "em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr "
    "html i iframe img input ins kbd label legend li link main map mark marquee math menu meta meter nav nobr "
    "noframes noscript object ol optgroup option output p param picture pre progress q rp rt ruby s samp script "
    "search section select slot small source span strike strong style sub summary sup svg table tbody td "
    "template textarea tfoot th thead time title tr track tt u ul var video wbr"
)
VOID = words("area base br col embed frame hr img input link meta param source track wbr")
DEPTH = 256  # elements within elements: more than any person nests, and parsers are quadratic in it
_OPTIONAL = words("p li dt dd tr td th thead tbody tfoot option optgroup colgroup rp rt")  # end by themselves
_FORMATTING = words("a b big code em font i nobr s small strike strong tt u")
_BLOCKS = words(
    "address article aside blockquote body button caption center details dialog dir div dl fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup html iframe listing main marquee menu nav object ol "
    "plaintext pre search section select summary table template ul"
)
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "noembed", "noframes", "iframe"})
_OPEN = pattern(r"<(?:(/?)([a-zA-Z][^\s/>]*)|(!--)|([!?]|/(?=[^>])))")
_ATTRIBUTE = pattern(r"""[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?)?+""")
_END = pattern(r"[\s/]*+>")
# All attributes and the end of the tag, at a stroke; a quote that is never closed lets the tag not end, as below.
_REST = pattern(
    r"""(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|(?!["']))|(?!\s*+=)))*+[\s/]*+>"""
)
ON_ONE_LINE = r"(?:[^\S\n]++[a-zA-Z-]++=(?:\"[^\"\n]*+\"|'[^'\n]*+'))*+[^\S\n]*+/?>"  # of the tags that people write
_REFERENCE = pattern(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|([a-zA-Z][a-zA-Z0-9]*+)(;|(?!=)))")
_COMMENT_END = pattern(r"--!?>")


class Attribute(NamedTuple):
    """An attribute of a tag: its name in lower case, its value with references undone, where that stands."""

    name: str
    value: str
    start: int  # of the value as written, with its quotes
    end: int


class Token(NamedTuple):
    """A piece of HTML: text (``name`` is None), a tag, or a comment (``name`` is "!")."""

    name: str | None
    closes: bool
    start: int
    end: int
    text: str  # as written
    attributes: tuple[Attribute, ...] = ()


def tokens(html: str, *, attributes: bool = True, passed: re.Pattern[str] | None = None) -> Iterator[Token]:
    """Cut ``html`` into text, tags and comments; joined, their texts are ``html``.

    A tag that does not end takes all that follows with it, as it does in a browser: it comes as a comment.
    Whoever does not look at attributes has the tags sooner without them, and sooner still where those that ``passed``
    matches (see :func:`tags_but`) come with the text around them.
    """
    at = text_from = 0
    while (found := _OPEN.search(html, at)) is not None:
        start = found.start()
        if passed is not None and (over := passed.match(html, start)) is not None:
            at = over.end()
            continue
        if found[2] is None:
            end = _end_of_comment(html, found)
            token = Token("!", False, start, end, html[start:end])
        else:
            told, tag_end = (_attributes if attributes else _skipped)(html, found.end())
            end = len(html) if tag_end is None else tag_end
            name = "!" if tag_end is None else found[2].lower()
            token = Token(name, bool(found[1]), start, end, html[start:end], told)
        if start > text_from:
            yield Token(None, False, text_from, start, html[text_from:start])
        yield token
        at = text_from = end
        if token.name in _RAW and not token.closes:
            at = _end_of_raw(html, token.name, end)
    if text_from < len(html):
        yield Token(None, False, text_from, len(html), html[text_from:])


def tags_but(names: frozenset[str]) -> re.Pattern[str]:
    """Match tags on one line, with the text between them, that are of none of ``names`` and hold no raw text."""
    others = "|".join(sorted(names | _RAW))
    return pattern(rf"(?:</?(?!(?i:{others})[\s/>])[a-zA-Z][a-zA-Z0-9-]*+{ON_ONE_LINE}[^<]*+)++")


def _end_of_comment(html: str, found: re.Match[str]) -> int:
    if found[3] is None:
        closed = html.find(">", found.end())
        return len(html) if closed < 0 else closed + 1
    at = found.end()
    for abrupt in (">", "->"):
        if html.startswith(abrupt, at):
            return at + len(abrupt)
    ended = _COMMENT_END.search(html, at)
    return len(html) if ended is None else ended.end()


def _attributes(html: str, at: int) -> tuple[tuple[Attribute, ...], int | None]:
    """Read attributes up to the end of the tag, which is None where it does not end."""
    found: list[Attribute] = []
    while (end := _END.match(html, at)) is None:
        one = _ATTRIBUTE.match(html, at)
        if one is None:
            return tuple(found), None
        at = one.end()
        if one[2] is None:
            if html[at : at + 1] in {'"', "'"} and html[one.end(1) : at].strip() == "=":
                return tuple(found), None  # a quote that is never closed
            found.append(Attribute(one[1].lower(), "", at, at))
            continue
        value = one[2][1:-1] if one[2][0] in "\"'" else one[2]
        found.append(Attribute(one[1].lower(), _dereferenced(value), one.start(2), one.end(2)))
    return tuple(found), end.end()


def _skipped(html: str, at: int) -> tuple[tuple[Attribute, ...], int | None]:
    """Find the end of the tag as :func:`_attributes` does, without them."""
    found = _REST.match(html, at)
    return (), None if found is None else found.end()


def _dereferenced(value: str) -> str:
    """Undo character references as in an attribute, where "?a=1&copy=2" holds none (HTML, section 13.2.5.73)."""
    return _REFERENCE.sub(_character, value) if "&" in value else value


def _character(found: re.Match[str]) -> str:
    if found[1] is not None and not found[2] and found[1] not in named.html5:
        return found[0]
    return entities.unescape(found[0])


def _end_of_raw(html: str, name: str | None, at: int) -> int:
    """Find where the text of a script, a style … ends; nothing within is a tag."""
    closing = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at)
    return len(html) if closing is None else closing.start()


def shallow(html: str, depth: int = DEPTH) -> str:
    """Leave out the tags that nest deeper than ``depth``; their text stays.

    It keeps account of open elements as a tree builder does (HTML, section 13.2.6.4.7, "in body"): an end tag that
    matches nothing, or that a block stands before, closes nothing.
    """
    if html.count("<") <= depth:
        return html
    kept: list[str] = []
    stack: list[str] = []
    skipped: Counter[str] = Counter()
    for token in tokens(html, attributes=False):
        name = token.name
        if name is None or name == "!" or name in VOID or name in _OPTIONAL:
            kept.append(token.text)
        elif token.closes:
            if skipped[name]:
                skipped[name] -= 1
                continue
            _close(stack, name)
            kept.append(token.text)
        elif len(stack) >= depth:
            skipped[name] += 1
        else:
            stack.append(name)
            kept.append(token.text)
    return "".join(kept)


def _close(stack: list[str], name: str) -> None:
    for at in range(len(stack) - 1, -1, -1):
        if stack[at] == name:
            if name in _FORMATTING:
                del stack[at]
            else:
                del stack[at:]
            return
        if name not in _BLOCKS and name not in _FORMATTING and stack[at] in _BLOCKS:
            return
