"""What all pages of a book have the same: a style sheet, small enough that a reader's own settings still count."""

from __future__ import annotations

STYLE_PATH = "style.css"
STYLE = """\
body { margin: 0 5%; line-height: 1.5; }
h1 { margin-top: 2em; line-height: 1.2; }
h2, h3, h4, h5, h6 { line-height: 1.3; break-after: avoid; }
img, video { max-width: 100%; height: auto; }
figure { margin: 1em 0; text-align: center; }
figcaption, .about, .terms { font-size: 0.85em; color: #555; }
blockquote { margin: 1em 1.5em; font-style: italic; }
pre { white-space: pre-wrap; font-size: 0.85em; }
table { border-collapse: collapse; }
td, th { border: 1px solid #bbb; padding: 0.2em 0.5em; vertical-align: top; text-align: left; }
.subtitle { font-style: italic; margin-top: -0.5em; }
.review { border: 1px solid #bbb; padding: 0.5em 0.8em; margin: 1em 0; }
.missing { font-size: 0.85em; font-style: italic; }
.block { display: block; }
.b, .strong { font-weight: bold; }
.i, .em { font-style: italic; }
.u { text-decoration: underline; }
.s { text-decoration: line-through; }
.small { font-size: 0.85em; }
.code { font-family: monospace; }
.comments { margin-top: 3em; border-top: 1px solid #bbb; }
.comment { border-left: 2px solid #bbb; padding-left: 0.8em; margin: 1.2em 0; overflow-wrap: anywhere; }
.comment p { margin: 0.4em 0; }
.comment .about { break-after: avoid; }
.level-1 { margin-left: 0.8em; }
.level-2 { margin-left: 1.6em; }
.level-3 { margin-left: 2.4em; }
.level-4 { margin-left: 3.2em; }
.level-5 { margin-left: 4em; }
.level-6 { margin-left: 4.8em; }
.title { text-align: center; margin-top: 20%; }
.part { text-align: center; }
.contents { text-align: left; }
"""
