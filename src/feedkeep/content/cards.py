"""The cards of Ghost's editors (images, galleries, bookmarks …) as HTML; Mobiledoc and Lexical hold the same ones.

https://github.com/TryGhost/Koenig/tree/main/packages/kg-default-nodes
"""

from __future__ import annotations

import html as entities
from typing import TYPE_CHECKING, Any

from feedkeep.content import render
from feedkeep.models import Content

if TYPE_CHECKING:
    from collections.abc import Callable

Payload = dict[str, Any]
_STARS = 5


def card(name: str, payload: Payload) -> tuple[str, str | None]:
    """Give a card as HTML, and what has to be said of it, or None.

    Words are escaped; the fields that the editors keep as HTML (captions, callouts, toggles) stay as they are.
    What is meant for the readers of the newsletter or for members alone is left out, and said.
    """
    folded = name.removeprefix("card-").replace("_", "-").lower()
    if folded in _MAILED:
        return "", f"a card for the newsletter alone ({name}) was left out"
    if _is_withheld(payload):
        return "", f"a card that visitors do not see ({name}) was left out"
    known = _CARDS.get(folded)
    if known is not None:
        return known(payload), None
    return _unknown(payload), f"a card that is not known: {name}"


def escaped(value: object) -> str:
    """Give words for HTML, in text and in attributes; nothing for what is no text."""
    return entities.escape(text(value))


def text(value: object) -> str:
    """Give a text, or a number as one; nothing for what is neither."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def _is_withheld(payload: Payload) -> bool:
    seen = payload.get("visibility")
    web = seen.get("web") if isinstance(seen, dict) else None
    return isinstance(web, dict) and web.get("nonMember") is False


def _figure(kind: str, inner: str, payload: Payload) -> str:
    caption = text(payload.get("caption"))
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="kg-card kg-{kind}-card">{inner}{words}</figure>'


def _img(payload: Payload, source: str = "src") -> str:
    if not text(payload.get(source)):
        return ""
    parts = [f'<img src="{escaped(payload[source])}" alt="{escaped(payload.get("alt"))}"']
    parts += [f' {name}="{escaped(payload[name])}"' for name in ("title", "width", "height") if text(payload.get(name))]
    return "".join(parts) + ">"


def _linked(url: object, inner: str) -> str:
    return f'<a href="{escaped(url)}">{inner}</a>' if text(url) and inner else inner


def _image(payload: Payload) -> str:
    shown = _linked(payload.get("href"), _img(payload))
    return _figure("image", shown, payload) if shown else ""


def _gallery(payload: Payload) -> str:
    images = payload.get("images")
    shown = [
        _linked(one.get("href"), _img(one))
        for one in (images if isinstance(images, list) else ())
        if isinstance(one, dict)
    ]
    return _figure("gallery", "".join(shown), payload) if any(shown) else ""


def _markdown(payload: Payload) -> str:
    return render.html(Content(value=text(payload.get("markdown")), form="markdown")).strip()


def _html(payload: Payload) -> str:
    return text(payload.get("html"))


def _embed(payload: Payload) -> str:
    shown = text(payload.get("html")) or _linked(payload.get("url"), escaped(payload.get("url")))
    return _figure("embed", shown, payload) if shown else ""


def _bookmark(payload: Payload) -> str:
    told = payload.get("metadata")
    held = {**payload, **told} if isinstance(told, dict) else payload
    url = payload.get("url") or held.get("url")
    title = escaped(held.get("title")) or escaped(url)
    lines = [f"<strong>{title}</strong>"] if title else []
    lines += [escaped(held.get(name)) for name in ("description", "author", "publisher") if text(held.get(name))]
    image = _img({"src": held.get("thumbnail")})
    shown = _linked(url, "<br>".join(lines) + image)
    return _figure("bookmark", shown, payload) if shown else ""


def _callout(payload: Payload) -> str:
    sign, words = escaped(payload.get("calloutEmoji")), text(payload.get("calloutText"))
    return f'<div class="kg-card kg-callout-card">{f"{sign} " if sign else ""}{words}</div>' if sign or words else ""


def _toggle(payload: Payload) -> str:
    heading, body = text(payload.get("heading")), text(payload.get("content"))
    return f"<details><summary>{heading}</summary>{body}</details>"


def _button(payload: Payload) -> str:
    label = escaped(payload.get("buttonText")) or escaped(payload.get("buttonUrl"))
    shown = _linked(payload.get("buttonUrl"), label)
    return f'<p class="kg-card kg-button-card">{shown}</p>' if shown else ""


def _video(payload: Payload) -> str:
    if not text(payload.get("src")):
        return ""
    poster = text(payload.get("customThumbnailSrc")) or text(payload.get("thumbnailSrc"))
    shown = f'<video src="{escaped(payload["src"])}"' + (f' poster="{escaped(poster)}"' if poster else "")
    return _figure("video", shown + " controls></video>", payload)


def _audio(payload: Payload) -> str:
    if not text(payload.get("src")):
        return ""
    title = escaped(payload.get("title"))
    shown = f'<audio src="{escaped(payload["src"])}" controls></audio>'
    return _figure("audio", shown, {"caption": text(payload.get("caption")) or title})


def _file(payload: Payload) -> str:
    name = escaped(payload.get("fileTitle")) or escaped(payload.get("fileName")) or escaped(payload.get("src"))
    said = escaped(payload.get("fileCaption"))
    shown = _linked(payload.get("src"), name)
    return f'<p class="kg-card kg-file-card">{shown}{f"<br>{said}" if said else ""}</p>' if shown else ""


def _product(payload: Payload) -> str:
    parts = [_img({"src": payload.get("productImageSrc")})]
    if text(payload.get("productTitle")):
        parts.append(f"<h4>{text(payload['productTitle'])}</h4>")
    stars = payload.get("productStarRating")
    if payload.get("productRatingEnabled") and isinstance(stars, int) and 0 < stars <= _STARS:
        parts.append(f"<p>{'★' * stars}{'☆' * (_STARS - stars)}</p>")
    parts.append(text(payload.get("productDescription")))
    if payload.get("productButtonEnabled"):
        parts.append(_linked(payload.get("productUrl"), escaped(payload.get("productButton"))))
    shown = "".join(parts)
    return f'<div class="kg-card kg-product-card">{shown}</div>' if shown else ""


def _header(payload: Payload) -> str:
    heading = text(payload.get("heading")) or text(payload.get("header"))
    below = text(payload.get("subheading")) or text(payload.get("subheader"))
    parts = [_img({"src": payload.get("backgroundImageSrc")})]
    parts += [f"<h2>{heading}</h2>"] if heading else []
    parts += [f"<p>{below}</p>"] if below else []
    if payload.get("buttonEnabled"):
        parts.append(_button(payload))
    shown = "".join(parts)
    return f'<div class="kg-card kg-header-card">{shown}</div>' if shown else ""


def _signup(payload: Payload) -> str:
    """Give the words of a form that only works on the blog itself."""
    said = text(payload.get("disclaimer"))
    words = _header({**payload, "buttonEnabled": False})
    return words + (f"<p>{said}</p>" if said else "")


def _call_to_action(payload: Payload) -> str:
    parts = [_img({"src": payload.get("imageUrl")}), text(payload.get("textValue"))]
    if payload.get("showButton", True):
        parts.append(_button(payload))
    shown = "".join(parts)
    return f'<div class="kg-card kg-cta-card">{shown}</div>' if shown else ""


def _code(payload: Payload) -> str:
    language = escaped(payload.get("language"))
    mark = f' class="language-{language}"' if language else ""
    shown = f"<pre><code{mark}>{escaped(payload.get('code'))}</code></pre>"
    return _figure("code", shown, payload) if text(payload.get("caption")) else shown


def _rule(payload: Payload) -> str:  # noqa: ARG001 — of the same shape as the others
    return "<hr>"


def _paywall(payload: Payload) -> str:  # noqa: ARG001 — likewise
    return "<!--members-only-->"  # as Ghost marks the place in the HTML of its exports


def _unknown(payload: Payload) -> str:
    """Show what a card has that any reader understands."""
    if text(payload.get("html")):
        return text(payload["html"])
    address = payload.get("url") or payload.get("src") or payload.get("href")
    label = payload.get("title") or payload.get("name") or payload.get("text") or address
    shown = _linked(address, escaped(label))
    return f"<p>{shown}</p>" if shown else ""


_MAILED = frozenset({"email", "email-cta"})
_CARDS: dict[str, Callable[[Payload], str]] = {
    "image": _image,
    "gallery": _gallery,
    "markdown": _markdown,
    "html": _html,
    "embed": _embed,
    "bookmark": _bookmark,
    "callout": _callout,
    "toggle": _toggle,
    "button": _button,
    "video": _video,
    "audio": _audio,
    "file": _file,
    "product": _product,
    "header": _header,
    "signup": _signup,
    "call-to-action": _call_to_action,
    "code": _code,
    "codeblock": _code,
    "hr": _rule,
    "horizontalrule": _rule,
    "paywall": _paywall,
}
