"""A Jekyll site that builds as it is, without a plug-in: https://jekyllrb.com/docs/structure/.

Posts keep their addresses as permalinks, comments are data files that an include shows, and each old address is a
page that leads on; ``redirect_from`` says the same to jekyll-redirect-from.
"""

from __future__ import annotations

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

_NAMES = {"updated": "last_modified_at", "url": "permalink", "aliases": "redirect_from"}

_DEFAULT = """\
<!doctype html>
<html lang="{{ site.lang | escape }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="POLICY">
<title>{% if page.title %}{{ page.title | escape }} – {% endif %}{{ site.title | escape }}</title>
<link rel="stylesheet" href="{{ "/feedkeep.css" | relative_url }}">
</head>
<body>
<p class="about"><a href="{{ "/" | relative_url }}">{{ site.title | escape }}</a></p>
<main>
{{ content }}
</main>
</body>
</html>
""".replace("POLICY", tree_look.POLICY)
_POST = """\
---
layout: default
---
<article>
<h1>{{ page.title | escape }}</h1>
<p class="about">{% if page.guid and page.date %}<time datetime="{{ page.date | date_to_xmlschema }}">{{ page.date | date: "%Y-%m-%d" }}</time>{% endif %}
{{ page.authors | join: ", " | escape }}</p>
{{ content }}
{% for enclosure in page.feedkeep.enclosures %}<p><a href="{{ enclosure.url | escape }}">{{ enclosure.title | default: enclosure.url | escape }}</a></p>
{% endfor %}<p class="about">{{ page.categories | join: ", " | escape }}{% for tag in page.tags %} #{{ tag | escape }}{% endfor %}</p>
</article>
{% include comments.html %}
"""
_COMMENTS = """\
{% if page.thread %}
<section id="comments">
<h2>Comments</h2>
{% for comment in site.data.comments[page.thread] %}{% assign shown = comment.shown %}
<article class="comment level-{{ shown.level }}" id="{{ shown.anchor | escape }}">
<header>
{% if shown.url %}<a href="{{ shown.url | escape }}" rel="nofollow ugc">{{ shown.name | escape }}</a>
{% else %}{{ shown.name | default: "a comment that is not shown" | escape }}{% endif %}
{% if shown.day %}<time>{{ shown.day }}</time>{% endif %}
{% if shown.to %}in reply to <a href="#{{ shown.to | escape }}">{{ shown.to_name | escape }}</a>{% endif %}
</header>
{% if shown.title %}<h3>{{ shown.title | escape }}</h3>{% endif %}
{{ shown.html }}
</article>
{% endfor %}
</section>
{% endif %}
"""
_HOME = """\
---
layout: default
feedkeep: template
---
<h1>{{ site.title | escape }}</h1>
<ul>
{% for post in site.posts %}<li><a href="{{ post.url | relative_url | escape }}">{{ post.title | escape }}</a> <span class="about">{{ post.date | date: "%Y-%m-%d" }}</span></li>
{% endfor %}{% for page in site.standing %}<li><a href="{{ page.url | relative_url | escape }}">{{ page.title | escape }}</a></li>
{% endfor %}</ul>
"""


class JekyllOptions(Options, frozen=True, kw_only=True):
    """What this exporter may be told."""

    body: Literal["html", "markdown"] = "html"  # how bodies are written; what Markdown cannot say stays HTML


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write settings, templates, posts, comments and files."""
    body = options.body if isinstance(options, JekyllOptions) else "html"
    for piece in tree_export.pieces(snapshot, _LAYOUT, options.base_url, body, notes):
        yield OutputFile(path=piece.path, chunks=piece.chunks, fingerprint=piece.fingerprint)


def _place(laid: Laid, suffix: str) -> str:
    post = laid.post
    if post.kind != "post" or post.published is None:  # what is in _posts has a date in its name
        return f"{'_drafts' if is_draft(post) else '_standing'}/{laid.stem}{suffix}"
    dated = f"{post.published.date().isoformat()}-{laid.stem}{suffix}"
    return f"_drafts/{dated}" if is_draft(post) else f"_posts/{dated}"


def _document(laid: Laid, fields: dict[str, Any], body: str, _form: str) -> str:
    told = {_NAMES.get(name, name): value for name, value in fields.items() if name != "draft"}
    if is_draft(laid.post):
        told["published"] = False
    told.setdefault("type", "post")  # a post without a date lies among the pages
    return f"---\n{dumped(told)}---\n\n{body}"


def _frame(plan: Plan, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    site = snapshot.site
    host, below = parted(plan.base) if plan.base else ("", "")
    config: dict[str, Any] = {
        "title": tree_export.title_of(site),
        "description": site.description or "",
        "lang": site.language or "en",
        "url": host,
        "baseurl": below,
        "permalink": "pretty",
        "timezone": "UTC",
        "future": True,
        "collections": {"standing": {"output": True}},
        "defaults": [{"scope": {"path": ""}, "values": {"layout": "post", "render_with_liquid": False}}],
        "kramdown": {
            "auto_ids": False,
            "input": "GFM",
            "hard_wrap": False,
            "smart_quotes": ["apos", "apos", "quot", "quot"],
            "typographic_symbols": {
                "hellip": "...", "mdash": "---", "ndash": "--", "laquo": "<<", "raquo": ">>",
                "laquo_space": "<< ", "raquo_space": " >>",
            },
        },
    }  # fmt: skip
    yield "_config.yml", dumped(config)
    yield "_layouts/default.html", _DEFAULT
    yield "_layouts/post.html", _POST
    yield "_includes/comments.html", _COMMENTS
    yield "index.html", _HOME.replace("layout: default\n", "layout: default\nrender_with_liquid: true\n")
    yield tree_look.STYLE_PATH, tree_look.STYLE


_LAYOUT = Layout(
    name="jekyll",
    data="_data",
    comments="_data/comments",
    static="",
    place=_place,
    document=_document,
    frame=_frame,
)

EXPORTER = Exporter(
    name="jekyll", label="Jekyll site", losses=LOSSES, audience="public", write=write, options=JekyllOptions
)
