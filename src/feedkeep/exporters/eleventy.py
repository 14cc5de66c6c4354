"""An Eleventy site that builds as it is: https://www.11ty.dev/docs/.

Posts keep their addresses as permalinks, comments are data files that a template shows, and each old address is a
page that leads on. Bodies go through no template language.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import tree_export, tree_look
from feedkeep.wire.front_fields import is_draft
from feedkeep.wire.plain_yaml import dumped
from feedkeep.wire.tree_export import LOSSES, Layout
from feedkeep.wire.tree_plan import parted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.tree_plan import Laid, Plan

_NAMES = {"url": "permalink"}

_CONFIG = """\
module.exports = function (config) {
  config.addPassthroughCopy({ "public": "/" });
  config.addGlobalData("layout", "post.njk");
  config.addCollection("feedkeep_listed", (all) =>
    all.getAll().filter((item) => item.data.guid)
      .sort((one, other) => String(other.data.date || "").localeCompare(String(one.data.date || ""))));
  config.addFilter("day", (date) => (date instanceof Date ? date.toISOString() : String(date || "")).slice(0, 10));
  return {
    dir: { input: "src", output: "_site" },
    pathPrefix: PREFIX,
    htmlTemplateEngine: false,
    markdownTemplateEngine: false,
  };
};
"""
_POST = """\
<!doctype html>
<html lang="{{ site.language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="POLICY">
<title>{{ title or site.title }}</title>
<link rel="stylesheet" href="{{ "/feedkeep.css" | url }}">
</head>
<body>
<p class="about"><a href="{{ "/" | url }}">{{ site.title }}</a></p>
<main>
<article>
<h1>{{ title or site.title }}</h1>
{% if guid %}<p class="about">{% if date %}<time datetime="{{ date }}">{{ date | day }}</time>{% endif %}
{% for author in authors %}{{ author }} {% endfor %}</p>{% endif %}
{{ content | safe }}
{% if feedkeep %}{% for enclosure in feedkeep.enclosures %}<p><a href="{{ enclosure.url }}">{{ enclosure.title or enclosure.url }}</a></p>
{% endfor %}{% endif %}<p class="about">{% for name in categories %}{{ name }} {% endfor %}{% for name in tags %}#{{ name }} {% endfor %}</p>
</article>
{% if thread %}{% include "comments.njk" %}{% endif %}
</main>
</body>
</html>
""".replace("POLICY", tree_look.POLICY)
_COMMENTS = """\
<section id="comments">
<h2>Comments</h2>
{% for comment in threads.comments[thread] %}{% set shown = comment.shown %}
<article class="comment level-{{ shown.level }}" id="{{ shown.anchor }}">
<header>
{% if shown.url %}<a href="{{ shown.url }}" rel="nofollow ugc">{{ shown.name }}</a>{% else %}{{ shown.name or "a comment that is not shown" }}{% endif %}
{% if shown.day %}<time>{{ shown.day }}</time>{% endif %}
{% if shown.to %}in reply to <a href="#{{ shown.to }}">{{ shown.to_name }}</a>{% endif %}
</header>
{% if shown.title %}<h3>{{ shown.title }}</h3>{% endif %}
{{ shown.html | safe }}
</article>
{% endfor %}
</section>
"""
_HOME = """\
---
feedkeep: template
permalink: /
---
<ul>
{% for item in collections.feedkeep_listed %}{% if item.url %}<li><a href="{{ item.url | url }}">{{ item.data.title }}</a> <span class="about">{{ item.data.date | day }}</span></li>
{% endif %}{% endfor %}</ul>
"""


class EleventyOptions(Options, frozen=True, kw_only=True):
    """What this exporter may be told."""

    body: Literal["html", "markdown"] = "html"  # how bodies are written; what Markdown cannot say stays HTML


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write settings, templates, posts, comments and files."""
    body = options.body if isinstance(options, EleventyOptions) else "html"
    for piece in tree_export.pieces(snapshot, _LAYOUT, options.base_url, body, notes):
        yield OutputFile(path=piece.path, chunks=piece.chunks, fingerprint=piece.fingerprint)


def _place(laid: Laid, suffix: str) -> str:
    return f"src/{'posts' if laid.post.kind == 'post' else 'pages'}/{laid.stem}{suffix}"


def _document(laid: Laid, fields: dict[str, Any], body: str, _form: str) -> str:
    told = {_NAMES.get(name, name): value for name, value in fields.items()}
    told["permalink"] = False if is_draft(laid.post) else laid.path
    if is_draft(laid.post):
        told["eleventyExcludeFromCollections"] = True
    return f"---\n{dumped(told)}---\n\n{body}"


def _frame(plan: Plan, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    site = snapshot.site
    _, below = parted(plan.base) if plan.base else ("", "")
    about = {
        "title": tree_export.title_of(site),
        "url": plan.base or "",
        "description": site.description or "",
        "language": site.language or "en",
    }
    package = {
        "private": True,
        "scripts": {"build": "eleventy", "start": "eleventy --serve"},
        "devDependencies": {"@11ty/eleventy": "^3.1.0"},
    }
    yield "package.json", json.dumps(package, indent=2) + "\n"
    yield "eleventy.config.cjs", _CONFIG.replace("PREFIX", json.dumps(f"{below}/"))
    yield "src/_data/site.json", json.dumps(about, ensure_ascii=False, indent=1) + "\n"
    yield "src/_includes/post.njk", _POST
    yield "src/_includes/comments.njk", _COMMENTS
    yield "src/index.njk", _HOME
    yield f"public/{tree_look.STYLE_PATH}", tree_look.STYLE


_LAYOUT = Layout(
    name="eleventy",
    data="src/_data",
    comments="src/_data/threads/comments",  # "comments" alone is a word of posts: whether they are open
    static="public",
    place=_place,
    document=_document,
    frame=_frame,
)

EXPORTER = Exporter(
    name="eleventy", label="Eleventy site", losses=LOSSES, audience="public", write=write, options=EleventyOptions
)
