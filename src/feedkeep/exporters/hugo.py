"""A Hugo site that builds as it is: https://gohugo.io/content-management/, https://gohugo.io/templates/.

Posts are page bundles with YAML front matter, comments data files that a partial shows, old addresses aliases.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import tomli_w

from feedkeep.content.tags import words
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import tree_export, tree_look
from feedkeep.wire.kept_fields import is_name
from feedkeep.wire.plain_yaml import dumped
from feedkeep.wire.tree_export import LOSSES, Layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.tree_plan import Laid, Plan

_SHORTCODE = re.compile(r"\{\{(?=[<%])")
_TAXONOMY = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_FIELDS = words(
    "title subtitle date lastmod slug url aliases draft type authors categories tags category tag summary lang sticky "
    "order image comments guid thread feedkeep layout weight description keywords outputs resources series post_tag"
)

_BASE = """\
<!doctype html>
<html lang="{{ .Site.LanguageCode }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="POLICY">
<title>{{ if .IsHome }}{{ .Site.Title }}{{ else }}{{ .Title }} – {{ .Site.Title }}{{ end }}</title>
<link rel="stylesheet" href="{{ "feedkeep.css" | relURL }}">
{{ with .OutputFormats.Get "rss" }}<link rel="alternate" type="application/rss+xml" href="{{ .Permalink }}">{{ end }}
</head>
<body>
<p class="about"><a href="{{ "" | relURL }}">{{ .Site.Title }}</a></p>
<main>
{{ block "main" . }}{{ end }}
</main>
</body>
</html>
""".replace("POLICY", tree_look.POLICY)
_LIST = """\
{{ define "main" }}
<h1>{{ .Title }}</h1>
{{ .Content }}
{{ $pages := .Pages }}{{ if .IsHome }}{{ $pages = .Site.RegularPages }}{{ end }}
<ul>
{{ range $pages.ByDate.Reverse }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a>
{{- with .Params.date }} <span class="about">{{ time.Format "2006-01-02" . }}</span>{{ end }}</li>
{{ end }}</ul>
{{ end }}
"""
_SINGLE = """\
{{ define "main" }}
<article>
<h1>{{ .Title }}</h1>
<p class="about">{{ with .Params.date }}<time datetime="{{ time.Format "2006-01-02T15:04:05Z07:00" . }}">{{ time.Format "2006-01-02" . }}</time>{{ end }}
{{ with .Params.authors }}{{ delimit . ", " }}{{ end }}</p>
{{ .Content }}
{{ with .Params.feedkeep }}{{ range .enclosures }}<p><a href="{{ .url }}">{{ .title | default .url }}</a></p>
{{ end }}{{ end }}
<p class="about">{{ range (.GetTerms "categories") }}<a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a> {{ end }}
{{ range (.GetTerms "tags") }}<a href="{{ .RelPermalink }}">#{{ .LinkTitle }}</a> {{ end }}</p>
</article>
{{ partial "comments.html" . }}
{{ end }}
"""
_COMMENTS = """\
{{ with .Params.thread }}
<section id="comments">
<h2>Comments</h2>
{{ range index $.Site.Data.comments . }}{{ with .shown }}
<article class="comment level-{{ .level }}" id="{{ .anchor }}">
{{ $name := .name | default "a comment that is not shown" }}{{ $to := .to_name }}
<header>
{{ with .url }}<a href="{{ . }}" rel="nofollow ugc">{{ $name }}</a>{{ else }}{{ $name }}{{ end }}
{{ with .day }}<time>{{ . }}</time>{{ end }}
{{ with .to }}in reply to <a href="#{{ . }}">{{ $to }}</a>{{ end }}
</header>
{{ with .title }}<h3>{{ . }}</h3>{{ end }}
{{ with .html }}{{ . | safeHTML }}{{ end }}
</article>
{{ end }}{{ end }}
</section>
{{ end }}
"""


class HugoOptions(Options, frozen=True, kw_only=True):
    """What this exporter may be told."""

    body: Literal["html", "markdown"] = "html"  # how bodies are written; what Markdown cannot say stays HTML


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write settings, templates, posts, comments and files."""
    body = options.body if isinstance(options, HugoOptions) else "html"
    for piece in tree_export.pieces(snapshot, _LAYOUT, options.base_url, body, notes):
        yield OutputFile(path=piece.path, chunks=piece.chunks, fingerprint=piece.fingerprint)


def _place(laid: Laid, suffix: str) -> str:
    return f"content/{'posts' if laid.post.kind == 'post' else 'pages'}/{laid.stem}/index{suffix}"


def _document(laid: Laid, fields: dict[str, Any], body: str, _form: str) -> str:
    if "updated" in fields:
        fields = {("lastmod" if name == "updated" else name): value for name, value in fields.items()}
    for term in laid.post.terms:
        if (
            term.name
            and is_name(term.name)
            and _is_own(term.taxonomy)
            and term.name not in fields.setdefault(term.taxonomy, [])
        ):
            fields[term.taxonomy].append(term.name)
    return f"---\n{dumped(fields)}---\n\n{body}"


def _is_own(taxonomy: str) -> bool:
    return _TAXONOMY.fullmatch(taxonomy) is not None and taxonomy not in _FIELDS


def _frame(plan: Plan, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    site = snapshot.site
    taxonomies = {"tag": "tags", "category": "categories"}
    config: dict[str, Any] = {
        "baseURL": f"{plan.base}/" if plan.base else "/",
        "title": tree_export.title_of(site),
        "languageCode": site.language or "en",
        "buildFuture": True,
        "disablePathToLower": True,
        "taxonomies": taxonomies | {name: name for name in sorted(filter(_is_own, plan.taxonomies))},
        "markup": {
            "goldmark": {
                "renderer": {"unsafe": True},
                "extensions": {"typographer": False, "linkify": False},
            }
        },
        "params": {"description": site.description} if site.description else {},
    }
    yield "hugo.toml", tomli_w.dumps(config)
    yield "layouts/_default/baseof.html", _BASE
    yield "layouts/_default/list.html", _LIST
    yield "layouts/_default/single.html", _SINGLE
    yield "layouts/partials/comments.html", _COMMENTS
    yield f"static/{tree_look.STYLE_PATH}", tree_look.STYLE


def _guarded(body: str) -> str:
    """Keep what looks like a shortcode from being one."""
    return _SHORTCODE.sub("&#123;{", body)


_LAYOUT = Layout(
    name="hugo",
    data="data",
    comments="data/comments",
    static="static",
    place=_place,
    document=_document,
    frame=_frame,
    redirects=False,
    guarded=_guarded,
)

EXPORTER = Exporter(name="hugo", label="Hugo site", losses=LOSSES, audience="public", write=write, options=HugoOptions)
