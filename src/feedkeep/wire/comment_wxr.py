"""The shape of a WordPress export in which Disqus and Isso take comments: pages with their comments, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from feedkeep.wire import comment_server
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feedkeep.models import Comment, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.comment_server import Thread
    from feedkeep.wire.wxr_numbers import Placed

_END = b"</channel>\n</rss>\n"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"


class Dialect(NamedTuple):
    """What one server makes of that shape."""

    wp: str  # the namespace of WordPress's elements
    dsq: str | None  # Disqus's own, where it is for Disqus
    text: Callable[[Comment], str]
    email: Callable[[Comment], str]


def document(snapshot: Snapshot, dialect: Dialect, notes: Notes) -> Iterator[bytes]:
    """Yield all of it as one document, a page at a time."""
    yield _head(snapshot, dialect)
    for thread in comment_server.threads(snapshot, notes):
        yield _item(thread, dialect)
    yield _END


def files(
    name: str, snapshot: Snapshot, dialect: Dialect, size: int, notes: Notes
) -> Iterator[tuple[str, list[bytes]]]:
    """Yield ``name.xml``, or ``name-1.xml`` and so on where it would be more than ``size`` bytes; a page stays whole."""
    head = _head(snapshot, dialect)
    held, length, number = [head], len(head) + len(_END), 1
    for thread in comment_server.threads(snapshot, notes):
        item = _item(thread, dialect)
        if length + len(item) > size and len(held) > 1:
            yield f"{name}-{number}.xml", [*held, _END]
            held, length, number = [head], len(head) + len(_END), number + 1
        held.append(item)
        length += len(item)
    yield f"{name}.xml" if number == 1 else f"{name}-{number}.xml", [*held, _END]


def _head(snapshot: Snapshot, dialect: Dialect) -> bytes:
    spaces = {"content": _CONTENT, "wp": dialect.wp, **({"dsq": dialect.dsq} if dialect.dsq else {})}
    declared = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    site = snapshot.site
    channel = etree.Element("channel")
    for tag, value in (("title", site.title or site.url or site.id), ("link", site.url)):
        etree.SubElement(channel, tag).text = legal(value or "")
    inside = b"".join(etree.tostring(child, encoding="utf-8") + b"\n" for child in channel)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {declared}>\n<channel>\n'.encode() + inside


def _item(thread: Thread, dialect: Dialect) -> bytes:
    item = etree.Element("item", nsmap={"content": _CONTENT, "wp": dialect.wp, "dsq": dialect.dsq or dialect.wp})
    item.text = "\n"
    _add(item, "title", thread.title)
    _add(item, "link", thread.url)
    if dialect.dsq:
        _add(item, f"{{{_CONTENT}}}encoded", "", literal=True)
        _add(item, f"{{{dialect.dsq}}}thread_identifier", thread.post.id)
    moment = comment_server.moment(thread.comments[0].comment, thread.post)
    posted = comment_server.utc(thread.post.published) if thread.post.published is not None else moment
    _add(item, f"{{{dialect.wp}}}post_date_gmt", _stamp(min(posted, moment)))
    _add(item, f"{{{dialect.wp}}}comment_status", "closed" if thread.post.comments_open is False else "open")
    for placed in thread.comments:
        _comment(item, placed, thread, dialect)
    data: bytes = etree.tostring(item, encoding="utf-8")
    declared = data[len("<item") : data.index(b">")]
    return b"<item>" + data[len("<item") + len(declared) + 1 :] + b"\n"


def _comment(item: etree._Element, placed: Placed, thread: Thread, dialect: Dialect) -> None:
    comment, wp = placed.comment, dialect.wp
    gone = comment_server.is_gone(comment)
    person = None if gone else comment.author
    element = etree.SubElement(item, f"{{{wp}}}comment")
    element.text = element.tail = "\n"
    said = {
        "comment_id": str(placed.number),
        "comment_author": comment_server.name(person),
        "comment_author_email": dialect.email(comment),
        "comment_author_url": (person.url or "") if person is not None else "",
        "comment_author_IP": "" if gone else comment.ip or "",
        "comment_date_gmt": _stamp(comment_server.moment(comment, thread.post)),
        "comment_content": dialect.text(comment),
        "comment_approved": "1",
        "comment_parent": str(placed.parent),
    }
    for tag, value in said.items():
        _add(element, f"{{{wp}}}{tag}", value, literal=tag == "comment_content")


def _add(parent: etree._Element, tag: str, value: str, *, literal: bool = False) -> None:
    child = etree.SubElement(parent, tag)
    child.tail = "\n"
    value = legal(value)
    child.text = etree.CDATA(value) if literal and "]]>" not in value and "\r" not in value else value


def _stamp(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
