"""Where old addresses lead now, for the servers that blogs run on: nginx, Apache, Netlify, Caddy, Hugo, or a table.

https://nginx.org/en/docs/http/ngx_http_map_module.html, https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html,
https://docs.netlify.com/routing/redirects/, https://caddyserver.com/docs/caddyfile/directives/redir,
https://gohugo.io/content-management/urls/#aliases. ``feedkeep adopt --redirects`` reads the table.
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from feedkeep.content.links import parted
from feedkeep.errors import UsageError
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.models import Comment, Media, Person, Post, Site, Term
from feedkeep.wire.moves import Move, Moves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feedkeep.models import Snapshot
    from feedkeep.notes import Notes

_ALONE = "these files hold addresses alone"
LOSSES = Losses(
    dropped={
        **{model.__name__: _ALONE for model in (Site, Person, Term, Comment, Media)},
        **{f"Post.{name}": _ALONE for name in Post.__struct_fields__ if name not in {"id", "url", "urls", "aliases"}},
        "Tombstone": _ALONE,
    }
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class RedirectOptions(Options, frozen=True, kw_only=True):
    """What the exporter of redirects may be told."""

    to: Literal["site", "same"] = "site"  # addresses as hugo, jekyll, pelican and eleventy give them, or the same paths
    server: Literal["all", "nginx", "apache", "netlify", "caddy", "hugo", "csv"] = "all"  # for which to write


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write the files of each server asked for. Raises UsageError for "same" without a new place."""
    assert isinstance(options, RedirectOptions)  # noqa: S101 — the descriptor says so
    if options.to == "same" and options.base_url is None:
        raise UsageError("addresses that stay the same lead nowhere: say with --base-url where the blog lives now")
    moves = Moves(snapshot, options.base_url, tree=options.to != "same", notes=notes)
    found = [move for move in moves.listed() if not _CONTROLS.search(move.path + move.to)]
    for server, name, made in _FILES:
        if options.server in {"all", server}:
            yield OutputFile(path=PurePosixPath(name), chunks=[made(found).encode("utf-8", "replace")])


def _variants(move: Move) -> list[str]:
    """Give the path with and without the slash at its end: servers answer to both."""
    bare = move.path.rstrip("/")
    return [move.path] if not bare or "." in bare.rpartition("/")[2] else [f"{bare}/", bare]


def _parameters(moves: list[Move]) -> list[str]:
    return sorted({move.query[0] for move in moves if move.query is not None})


def _nginx_maps(moves: list[Move]) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def entry(key: str, to: str) -> str:
        return f"    {quoted(key)} {quoted(to.replace('$', '%24'))};"

    lines = ["# Include this in http { }, and nginx-server.conf in server { }.", "map_hash_max_size 1048576;"]
    lines += ["map_hash_bucket_size 1024;", "map $uri $feedkeep_path {", "    default '';"]
    plain = {key: move.to for move in reversed(moves) if move.query is None for key in _variants(move)}
    # a map's keys know no case
    folded = {key.casefold(): (key, to) for key, to in sorted(plain.items())}
    lines += [entry(key, to) for key, to in folded.values()] + ["}"]
    for name in _parameters(moves):
        lines += [f'map "$uri $arg_{name}" $feedkeep_{name} {{', "    default '';"]
        lines += [entry(f"{one.path} {one.query[1]}", one.to) for one in moves if one.query and one.query[0] == name]
        lines.append("}")
    return "\n".join([*lines, ""])


def _nginx_server(moves: list[Move]) -> str:
    names = [*(f"feedkeep_{name}" for name in _parameters(moves)), "feedkeep_path"]
    return "".join(f"if (${name}) {{ return 301 ${name}; }}\n" for name in names)


def _apache(moves: list[Move]) -> str:
    lines = ["# Put this into .htaccess at the root of the old blog, before other rules.", "RewriteEngine On"]
    for move in moves:
        to = move.to.replace("%", r"\%").replace("$", r"\$").replace(" ", "%20")
        path = re.escape(move.path.strip("/")).replace('"', r"\"")
        if move.query is not None:
            name, value = (re.escape(part) for part in move.query)
            lines.append(f'RewriteCond "%{{QUERY_STRING}}" "(?:^|&){name}={value}(?:&|$)"')
        lines.append(f'RewriteRule "^{path}/?$" "{to}" [R=301,L,NE,QSD]')
    return "\n".join([*lines, ""])


def _netlify(moves: list[Move]) -> str:
    lines = []
    for move in sorted(moves, key=lambda one: one.query is None):
        condition = f" {move.query[0]}={quote(move.query[1])}" if move.query is not None else ""
        lines.append(f"{quote(move.path)}{condition} {move.to} 301!")
    return "\n".join([*lines, ""])


def _caddy(moves: list[Move]) -> str:
    lines = ["# Import this in the site's block."]
    for number, move in enumerate(moves):
        paths = " ".join('"' + path.replace('"', r"\"").replace("*", r"\*") + '"' for path in _variants(move))
        condition = f"; query {move.query[0]}={move.query[1]}" if move.query is not None else ""
        parts = [f"path {paths}", *condition.removeprefix("; ").splitlines()]
        lines += [f"@feedkeep{number} {{", *(f"    {part}" for part in parts), "}"]
        lines.append(f'redir @feedkeep{number} "{move.to.replace("{", "%7B").replace(chr(34), "%22")}" permanent')
    return "\n".join([*lines, ""])


def _hugo(moves: list[Move]) -> str:
    aliases: dict[str, list[str]] = {}
    for move in moves:
        if move.query is None:
            aliases.setdefault(parted(move.to).path, []).append(move.path)
    return json.dumps(aliases, indent=1, ensure_ascii=False) + "\n"


def _table(moves: list[Move]) -> str:
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    writer.writerow(("old", "new"))
    for move in moves:
        query = f"?{move.query[0]}={move.query[1]}" if move.query is not None else ""
        writer.writerow((quote(move.path) + query, move.to))
    return held.getvalue()


_FILES: tuple[tuple[str, str, Callable[[list[Move]], str]], ...] = (
    ("nginx", "nginx-maps.conf", _nginx_maps),
    ("nginx", "nginx-server.conf", _nginx_server),
    ("apache", "apache.htaccess", _apache),
    ("netlify", "_redirects", _netlify),
    ("caddy", "Caddyfile", _caddy),
    ("hugo", "hugo-aliases.json", _hugo),
    ("csv", "redirects.csv", _table),
)

EXPORTER = Exporter(
    name="redirects",
    label="Redirects from old addresses",
    losses=LOSSES,
    audience="public",
    write=write,
    options=RedirectOptions,
)
