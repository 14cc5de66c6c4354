"""A Pelican site that builds as it is: https://docs.getpelican.com/en/latest/content.html.

Posts keep their addresses as ``url`` and ``save_as``, comments are data files that a template shows, and each old
address is a page that leads on. Metadata of Pelican are lines of text: what is more is JSON in one of them.
"""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import tree_export, tree_look
from feedkeep.wire.front_fields import is_draft, kept_all
from feedkeep.wire.kept_fields import KEY
from feedkeep.wire.tree_export import LOSSES, Layout
from feedkeep.wire.tree_plan import file_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.tree_plan import Laid, Plan

_SETTINGS = """\
import json
import logging
import pathlib

LOG_FILTER = [(logging.WARNING, "Empty alt attribute for image %s in %s")]  # pictures that only adorn have none
_THREADS = pathlib.Path(__file__).parent / "data" / "comments"


def _thread(key):
    return json.loads((_THREADS / f"{key}.json").read_text("utf-8"))


JINJA_FILTERS = {"thread": _thread, "from_json": json.loads}
"""
_BASE = """\
<!doctype html>
<html lang="{{ DEFAULT_LANG|e }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="POLICY">
<title>{% block title %}{{ SITENAME|e }}{% endblock %}</title>
<link rel="stylesheet" href="{{ SITEURL|e }}/feedkeep.css">
</head>
<body>
<p class="about"><a href="{{ SITEURL|e }}/">{{ SITENAME|e }}</a></p>
<main>
{% block main %}{% endblock %}
</main>
</body>
</html>
""".replace("POLICY", tree_look.POLICY)
_ARTICLE = """\
{% extends "frame.html" %}
{% block title %}{{ post.heading|e }}{% endblock %}
{% block main %}
<article>
<h1>{{ post.heading|e }}</h1>
<p class="about">{% if post.date %}<time datetime="{{ post.date.isoformat() }}">{{ post.date.date().isoformat() }}</time>{% endif %}
{{ post.authors|default([])|join(", ")|e }}</p>
{{ post.content }}
{% if post.feedkeep %}{% for enclosure in (post.feedkeep|from_json).enclosures %}<p><a href="{{ enclosure.url|e }}">{{ (enclosure.title or enclosure.url)|e }}</a></p>
{% endfor %}{% endif %}
<p class="about">{% if post.category and post.category != DEFAULT_CATEGORY %}{{ (post.categories or post.category)|e }}{% endif %}{% for tag in post.tags|default([]) %} #{{ tag|e }}{% endfor %}</p>
</article>
{% if post.thread %}
<section id="comments">
<h2>Comments</h2>
{% for comment in post.thread|thread %}{% set shown = comment.shown %}
<article class="comment level-{{ shown.level }}" id="{{ shown.anchor|e }}">
<header>
{% if shown.url %}<a href="{{ shown.url|e }}" rel="nofollow ugc">{{ shown.name|e }}</a>{% else %}{{ (shown.name or "a comment that is not shown")|e }}{% endif %}
{% if shown.day %}<time>{{ shown.day|e }}</time>{% endif %}
{% if shown.to %}in reply to <a href="#{{ shown.to|e }}">{{ shown.to_name|e }}</a>{% endif %}
</header>
{% if shown.title %}<h3>{{ shown.title|e }}</h3>{% endif %}
{{ shown.html or "" }}
</article>
{% endfor %}
</section>
{% endif %}
{% endblock %}
"""
_INDEX = """\
{% extends "frame.html" %}
{% block main %}
<h1>{{ SITENAME|e }}</h1>
<ul>
{% for post in articles + pages %}<li><a href="{{ SITEURL|e }}/{{ post.url|e }}">{{ post.heading|e }}</a>{% if post.date %} <span class="about">{{ post.date.date().isoformat() }}</span>{% endif %}</li>
{% endfor %}</ul>
{% endblock %}
"""


class PelicanOptions(Options, frozen=True, kw_only=True):
    """What this exporter may be told."""

    body: Literal["html", "markdown"] = "html"  # how bodies are written; what Markdown cannot say stays HTML


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write settings, templates, posts, comments and files."""
    body = options.body if isinstance(options, PelicanOptions) else "html"
    for piece in tree_export.pieces(snapshot, _LAYOUT, options.base_url, body, notes):
        yield OutputFile(path=piece.path, chunks=piece.chunks, fingerprint=piece.fingerprint)


def _place(laid: Laid, suffix: str) -> str:
    is_article = laid.post.kind == "post" and laid.post.published is not None  # an article has to have a date
    return f"content/{'posts' if is_article else 'pages'}/{laid.stem}{suffix}"


def _document(laid: Laid, fields: dict[str, Any], body: str, form: str) -> str:
    told = _flat(laid, fields, form)
    if form == "markdown":
        lines = "".join(f"{name.capitalize()}: {' '.join(value.split())}\n" for name, value in told.items())
        return f"{lines}\n{body}\n"
    metas = "".join(f'<meta name="{name}" content="{html.escape(value)}">\n' for name, value in told.items())
    return f"<html>\n<head>\n{metas}</head>\n<body>\n{body}\n</body>\n</html>\n"


def _flat(laid: Laid, fields: dict[str, Any], form: str) -> dict[str, str]:
    """Give Pelican's words for the fields, each a line of text."""
    post = laid.post
    rest = dict(fields.get(KEY, {}))
    if post.urls:
        rest["urls"] = list(post.urls)
    if post.kind != "post" or post.published is None:
        rest["kind"] = post.kind  # told by the folder otherwise
    # a semicolon parts names, and nothing keeps it from doing so
    if any(";" in (one.name or "") for one in post.terms):
        rest["terms"] = kept_all(post.terms)
    if any(";" in (one.name or "") for one in post.authors):
        rest["authors"] = kept_all(post.authors)
    if form == "markdown" and "\n" in fields.get("summary", "") and post.summary is not None:
        rest["summary"] = msgspec.to_builtins(post.summary)
    categories = fields.get("categories", [])
    path = laid.path.lstrip("/")
    told: dict[str, Any] = {
        "title": fields["title"],
        "heading": fields["title"],  # Pelican may make more of a title than its text
        "subtitle": fields.get("subtitle"),
        "date": fields.get("date"),
        "modified": fields.get("updated"),
        "slug": laid.stem,  # one to a post
        "authors": _listed(fields.get("authors", [])),
        "category": categories[0] if categories else None,
        "categories": _listed(categories) if len(categories) > 1 else None,
        "tags": _listed(fields.get("tags", [])),
        "summary": fields.get("summary"),
        **{name: fields.get(name) for name in ("lang", "sticky", "order", "image", "comments", "guid", "thread")},
    }
    if is_draft(post):
        told["status"] = "skip"  # what Pelican calls a draft it builds, at an address that anybody may guess
    else:
        told |= {"url": path, "save_as": file_of(laid.path)}
    told[KEY] = _json(rest) if rest else None
    return {name: _line(value) for name, value in told.items() if value not in (None, "")}


def _listed(names: list[str]) -> str | None:
    """Write several names; a semicolon at the end says that commas part nothing."""
    said = "; ".join(name.replace(";", ",") for name in names)
    return f"{said};" if said and ";" not in said and "," in said else said or None


def _json(value: object) -> str:
    said = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in said)


def _line(value: object) -> str:
    said = value if isinstance(value, str) else json.dumps(value)
    return "".join(one if one.isprintable() or one in "\n\t" else " " for one in said)


def _frame(plan: Plan, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    site = snapshot.site
    settings: dict[str, Any] = {
        "SITENAME": tree_export.title_of(site),
        "SITESUBTITLE": site.description or "",
        "SITEURL": plan.base or "",
        "DEFAULT_LANG": site.language or "en",
        "TIMEZONE": "UTC",
        "PATH": "content",
        "ARTICLE_PATHS": ["posts"],
        "PAGE_PATHS": ["pages"],
        "STATIC_PATHS": ["static"],
        "PATH_METADATA": "static/(?P<static_path>.+)",
        "STATIC_URL": "{static_path}",
        "STATIC_SAVE_AS": "{static_path}",
        "USE_FOLDER_AS_CATEGORY": False,
        "WITH_FUTURE_DATES": True,
        "DEFAULT_PAGINATION": False,
        "THEME": "theme",
        "THEME_STATIC_PATHS": [],
        "PLUGINS": [],
        "DIRECT_TEMPLATES": ["index"],
        **dict.fromkeys(("AUTHOR_SAVE_AS", "CATEGORY_SAVE_AS", "TAG_SAVE_AS"), ""),
        **dict.fromkeys(("FEED_ALL_ATOM", "CATEGORY_FEED_ATOM", "TRANSLATION_FEED_ATOM", "AUTHOR_FEED_ATOM"), None),
        "AUTHOR_FEED_RSS": None,
    }
    told = "".join(f"{name} = {value!r}\n" for name, value in settings.items())
    yield "pelicanconf.py", f"{_SETTINGS}{told}"
    yield "theme/templates/frame.html", _BASE
    yield "theme/templates/post.html", _ARTICLE
    yield "theme/templates/article.html", '{% set post = article %}{% include "post.html" %}\n'
    yield "theme/templates/page.html", '{% set post = page %}{% include "post.html" %}\n'
    yield "theme/templates/index.html", _INDEX
    yield f"content/static/{tree_look.STYLE_PATH}", tree_look.STYLE


_LAYOUT = Layout(
    name="pelican",
    data="data",
    comments="data/comments",
    static="content/static",
    place=_place,
    document=_document,
    frame=_frame,
)

EXPORTER = Exporter(
    name="pelican", label="Pelican site", losses=LOSSES, audience="public", write=write, options=PelicanOptions
)
