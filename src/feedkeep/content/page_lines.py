"""What the lines of a saved blog page's text say: headings of comments, bylines, dates, what is furniture.

English, in the wording of WordPress's own themes, which most others follow. Each function looks at one line alone.
"""

from __future__ import annotations

import datetime as dt
import re

import msgspec

LONGEST = 300  # characters; a longer line is somebody's words
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
}
_COUNT = rf"(?P<count>\d{{1,3}}(?:[,.]\d{{3}})+|\d{{1,6}}|zero|{'|'.join(_NUMBERS)})"
_ON_TITLE = re.compile(
    rf"{_COUNT}\s+(?:thoughts?|comments?|responses?|repl(?:y|ies)|reactions?)\s+(?:on|to|so far on)\s*:?\s+(?P<title>\S.*)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"(?:{_COUNT}\s+(?:thoughts?|comments?|responses?|replies|reply)(?:\s+so\s+far|\s+yet)?"
    rf"|(?:comments?|responses?|replies|discussion)\s*\(\s*(?P<within>\d{{1,6}})\s*\)|comments?|responses?)\s*[:.!»↓]?",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"(?:leave|post|add|write|submit)\s+(?:a|your)\s+(?:reply|comment|response|thought)s?(?:\s+to\b.{0,80})?"
    r"(?:\s*\(?\s*cancel(?:\s+reply)?\s*\)?)?|comments\s+(?:are|have\s+been)\s+(?:now\s+)?closed\.?"
    r"|your email address will not be published\..*|(?:post|posts|comment|comments)\s+navigation|cancel reply"
    r"|←?\s*older comments.{0,40}|newer comments.{0,10}|proudly powered by .{1,60}|blog at wordpress\.com.{0,60}"
    r"|recent (?:posts|comments)|you must be logged in to (?:post|leave) a comment\.?"
    r"|(?:notify me of|get notified of) .{1,80}|required fields are marked.{0,10}",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"share(?: this| on .{1,20})?:?|tweet|like(?: this|d by .{1,60})?:?|like loading\.\.\.|loading\.{0,3}|pin(?: it)?|pocket"
    r"|e-?mail(?: this)?|print(?: this| & pdf)?|facebook|twitter|x|pinterest|reddit|tumblr|linkedin|whatsapp|telegram"
    r"|google\+?|stumbleupon|digg|more|menu|primary menu|main menu|search(?: for:?)?|home|about(?: me| us)?|contact(?: us)?"
    r"|archives?|subscribe|follow(?:ing)?|rss|skip to (?:main |primary |secondary )?content|skip to .{1,30}"
    r"|(?:← |« )?previous(?: post| article)?(?: →)?|next(?: post| article)?(?: →| »)?|related(?: posts| articles)?:?|advertisements?"
    r"|report this ad|click to (?:share|email|print) .{1,60}|bookmark the permalink\.?|permalink|edit(?: this)?|"
    r"continue reading.{0,60}|read more.{0,60}|sidebar|reblog|sign me up|log in|sign up|posted in|tagged|uncategorized|"
    r"\(?opens in new window\)?|[←→«»|/•·*_=—–-]{1,80}|\d+ shares?|[←«] .{1,120}|.{1,120} [→»]",
    re.IGNORECASE,
)
_COMMENT_FURNITURE = re.compile(
    r"repl(?:y|ies)(?: ?[↓→])?|reply to .{1,60}|log in to reply|(?:reply\s+)?(?:permalink|edit|quote|like|link|report|share)"
    r"|\(edit\)|like loading\.\.\.|loading\.{0,3}|liked by .{1,60}|\d+ likes?|[↓↑]",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = re.compile(
    rf"(?<!\w)(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s{{1,3}})?"
    rf"(?:(?P<m1>{_MONTH})\.?\s{{1,3}}(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,3}}(?P<y1>\d{{4}})"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th|\.)?\s{{1,3}}(?:of\s)?(?P<m2>{_MONTH})\.?,?\s{{1,3}}(?P<y2>\d{{4}})"
    rf"|(?P<y3>\d{{4}})(?P<sep>[-/.])(?P<m3>\d{{1,2}})(?P=sep)(?P<d3>\d{{1,2}})"
    rf"|(?P<d4>\d{{1,2}})\.(?P<m4>\d{{1,2}})\.(?P<y4>\d{{4}}))(?!\d)"
    rf"(?:,?\s{{0,3}}(?:at|@|[-–—,T|])?\s{{0,3}}(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})(?::(?P<second>\d{{2}}))?"
    rf"(?:\s?(?P<half>[ap])\.?m\b\.?)?)?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:(?:posted|published|written|submitted|reviewed|article)\s+)?\bby:?\s+"
    r"(?P<name>[^\W\d_][^|·•,/\n]{0,60}?)(?=\s+(?:on|in|at|under|posted|published|[–—-])\s|\s*(?:[|·•,/]|$))",
    re.IGNORECASE,
)
_BYLINE_WORDS = re.compile(
    r"\b(?:posted|published|written|submitted|updated|last|modified|on|in|at|date|author|filed|under|comments?|leave|a"
    r"|reply|no|\d+|views?|min(?:ute)?s?|read)\b|[\s|·•,/:;–—.()-]+",
    re.IGNORECASE,
)
_TERMS = re.compile(
    r"(?:this entry was posted in|posted in|filed under|categor(?:y|ies)|(?P<tags>tags?|tagged(?: with| as)?))\s*:?\s+"
    r"(?P<terms>[^:]{1,200}?)(?:\s+by\s+.{1,60})?(?:\.\s*bookmark the permalink.*)?\.?",
    re.IGNORECASE,
)
_AND_TAGGED = re.compile(r"\s+and tagged\s+", re.IGNORECASE)


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """The heading of a page's comments."""

    claimed: int | None = None  # how many there are, as it says
    title: str | None = None  # of the post, which only the clearest headings repeat
    quoted: bool = False  # the title, in quotation marks


class Byline(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote a post, and when."""

    author: str | None = None
    published: dt.datetime | None = None  # naive: a page shows no zone


def alike(text: str) -> str:
    """Give what two ways to write one title have in common: no quotation marks, white space, case, punctuation."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def heading(line: str) -> Heading | None:
    """Read the heading of the comments; None for any other line."""
    line = line.strip().lstrip("#").strip()
    if not line or len(line) > LONGEST:
        return None
    found = _ON_TITLE.fullmatch(line)
    if found is not None:
        title = found["title"].strip()
        quoted = len(title) > 1 and title[0] in "“\"‘'«„" and title[-1] in "”\"’'»“"
        title = title[1:-1].strip() if quoted else title
        return Heading(claimed=_number(found["count"]), title=title, quoted=quoted)
    found = _COUNTED.fullmatch(line)
    return None if found is None else Heading(claimed=_number(found["count"] or found["within"]))


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    digits = re.sub(r"[,.]", "", word)
    return int(digits) if digits.isdecimal() else _NUMBERS.get(word.lower(), 0)


def ends_comments(line: str) -> bool:
    """Tell whether the form for a new comment, or what stands below the comments, begins here."""
    return len(line) <= LONGEST and _ENDING.fullmatch(line.strip().lstrip("#").strip()) is not None


def is_furniture(line: str) -> bool:
    """Tell whether a line around a post's text is a button, a menu entry or a rule."""
    return len(line) <= LONGEST and _FURNITURE.fullmatch(line.strip()) is not None


def is_comment_furniture(line: str) -> bool:
    """Tell whether a line below a comment is a button."""
    return len(line) <= LONGEST and _COMMENT_FURNITURE.fullmatch(line.strip()) is not None


def date(line: str) -> tuple[dt.datetime, int, int] | None:
    """Find a date, naive, and where it stands."""
    found = _DATE.search(line[:LONGEST])
    if found is None:
        return None
    year = found["y1"] or found["y2"] or found["y3"] or found["y4"]
    day = found["d1"] or found["d2"] or found["d3"] or found["d4"]
    name = found["m1"] or found["m2"]
    month = _MONTHS.index(name[:3].lower()) + 1 if name else int(found["m3"] or found["m4"])
    hour = int(found["hour"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
    try:
        moment = dt.datetime(  # noqa: DTZ001 — a page shows no zone; whoever asks knows one
            int(year), month, int(day), hour, int(found["minute"] or 0), int(found["second"] or 0)
        )
    except ValueError:
        return None
    return moment, found.start(), found.end()


def byline(line: str) -> Byline | None:
    """Read a line that says nothing but who wrote the post, and when."""
    line = line.strip()
    if len(line) > LONGEST // 2:
        return None
    dated = date(line)
    rest = line if dated is None else f"{line[: dated[1]]} | {line[dated[2] :]}"
    named = _NAMED.search(rest)
    if dated is None and (named is None or named.start() > 0):
        return None
    if named is not None:
        rest = rest[: named.start()] + rest[named.end() :]
    if _BYLINE_WORDS.sub("", rest):
        return None
    name = named["name"].strip() if named is not None else None
    if name is not None and (len(name.split()) > 5 or name.endswith(".")):
        return None
    return Byline(author=name, published=dated[0] if dated is not None else None)


def terms(line: str) -> tuple[tuple[str, str], ...]:
    """Read a line of categories or tags: (taxonomy, name) of each."""
    if len(line) > LONGEST:
        return ()
    line = line.strip()
    found: list[tuple[str, str]] = []
    said = _TERMS.fullmatch(_AND_TAGGED.split(line, maxsplit=1)[0])
    if said is None:
        return ()
    taxonomy = "post_tag" if said["tags"] else "category"
    parts = [(taxonomy, said["terms"])]
    tagged = _AND_TAGGED.split(line, maxsplit=1)[1:]
    if tagged:
        also = _TERMS.fullmatch("tagged " + tagged[0])
        parts += [("post_tag", also["terms"])] if also is not None else []
    for kind, names in parts:
        found += [(kind, name.strip()) for name in re.split(r",| and ", names) if 0 < len(name.strip()) <= 60]
    return tuple(found)
