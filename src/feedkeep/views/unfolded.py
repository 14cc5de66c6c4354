"""What a WordPress text only names, put into it: the files of its galleries and playlists."""

from __future__ import annotations

import html as entities
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from feedkeep.content import render, shortcodes, wordpress
from feedkeep.views.view import View, changed
from feedkeep.wire.wxr_ids import place, post_number

if TYPE_CHECKING:
    from feedkeep.models import Content, Media, Post, Snapshot
    from feedkeep.notes import Notes

_KINDS = {"gallery": ("image/",), "playlist": ("audio/", "video/")}


class _Files(NamedTuple):
    """The files of a blog that have an address, oldest first."""

    by_number: dict[str, Media]
    by_post: dict[str, list[Media]]


class Unfolded(View):
    """See :func:`feedkeep.views.unfolded`."""

    tag = "unfolded:1"  # raise it when the same records come out differently

    def __init__(self, snapshot: Snapshot, notes: Notes | None) -> None:
        super().__init__(snapshot)
        self._notes = notes
        self._told: set[str] = set()

    def view_post(self, post: Post) -> Post:
        """Unfold a post's bodies, and say once what is left in them that only WordPress understands."""
        seen = changed(post, content=self._body(post.content, post), summary=self._body(post.summary, post))
        if self._notes is not None and seen.content is not None and seen.content.form == "wordpress":
            left = wordpress.left_over(seen.content.value)
            if left and post.id not in self._told:
                self._told.add(post.id)
                for name in left:
                    self._notes.noticed(
                        f"{name} is for WordPress or a plugin to fill in", record=post.id, field="Post.content"
                    )
        return seen

    def _body(self, content: Content | None, post: Post) -> Content | None:
        if content is None or content.form != "wordpress" or "[" not in content.value:
            return content
        return changed(content, value=shortcodes.unfolded(content.value, partial(self._listed, post)))

    def _listed(self, post: Post, name: str, values: dict[str, str]) -> str | None:
        """Write the files of a gallery or playlist as HTML; None where not one of them is known."""
        numbers = shortcodes.numbers(values)
        if numbers:
            found = [self._files.by_number[one] for one in numbers if one in self._files.by_number]
        else:
            owners = dict.fromkeys((post.id, *post.aliases))
            found = [one for owner in owners for one in self._files.by_post.get(owner, ())]
            kinds = ("video/",) if values.get("type") == "video" else _KINDS[name][:1]
            found = [one for one in found if (one.type or "").startswith(kinds)]
        if not found:
            return None
        return f'<figure class="wp-{name}">{"".join(map(_figure, found))}</figure>'

    @cached_property
    def _files(self) -> _Files:
        """Read when the first post names some."""
        where = place(self.site.id if "://" in self.site.id else self.site.url)
        files = _Files({}, {})
        for media in self.media():
            if media.url is None:
                continue
            number = post_number(media.id, media.aliases, where)
            if number is not None:
                files.by_number.setdefault(str(number), media)
            if media.post is not None:
                files.by_post.setdefault(media.post, []).append(media)
        return files


def _figure(media: Media) -> str:
    address = entities.escape(media.url or "")
    kind = (media.type or "").partition("/")[0]
    if kind in {"audio", "video"}:
        shown = f'<{kind} controls src="{address}"></{kind}>'
        said = entities.escape(media.title or "")
    else:
        shown = f'<img src="{address}" alt="{entities.escape(media.alt or "")}">'
        said = " ".join(render.html(media.caption).split()) if media.caption is not None else ""
    return f"<figure>{shown}{f'<figcaption>{said}</figcaption>' if said else ''}</figure>"
