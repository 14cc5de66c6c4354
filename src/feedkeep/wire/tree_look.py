"""What the pages of all trees have the same: a style sheet, and what a page may load."""

from __future__ import annotations

# Bodies come from elsewhere: they may show pictures, play media and embed players, and run nothing.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src * data:; media-src *; frame-src https:; "
    "base-uri 'none'; form-action 'none'"
)
STYLE_PATH = "feedkeep.css"
STYLE = """\
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.6 Georgia, serif; }
img, video, iframe { max-width: 100%; height: auto; }
pre { overflow-x: auto; }
.about, .comment header { color: #555; font-size: 0.9rem; }
.comment { border-left: 3px solid #ddd; margin: 1rem 0; padding-left: 1rem; overflow-wrap: anywhere; }
.level-1 { margin-left: 1.2rem; }
.level-2 { margin-left: 2.4rem; }
.level-3 { margin-left: 3.6rem; }
.level-4 { margin-left: 4.8rem; }
.level-5 { margin-left: 6rem; }
.level-6 { margin-left: 7.2rem; }
"""
