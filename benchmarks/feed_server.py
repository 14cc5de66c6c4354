"""A thousand blogs in one process: ``python -m benchmarks.feed_server FEEDS ENTRIES`` prints its port and serves until stdin ends.

Each blog is a host of its own, ``127.1.x.y``: all of 127/8 is this machine on Linux. A feed has validators and is
answered from memory; ``/counts`` tells how often each status was given since it was last asked.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from hashlib import sha256

from benchmarks.reading import rss

_DATE = "Wed, 04 Jun 2014 12:00:00 GMT"


def address(number: int, port: int) -> str:
    """Give the address of a feed."""
    return f"http://127.1.{number // 250}.{number % 250 + 1}:{port}/feed"


class _Feeds:
    def __init__(self, feeds: int, entries: int) -> None:
        model = rss(entries)
        self.counts: Counter[int] = Counter()
        self.bodies: dict[str, tuple[bytes, bytes]] = {}
        for number in range(feeds):
            body = model.replace("blog.example", f"blog-{number}.example").encode()
            etag = f'"{sha256(body).hexdigest()[:16]}"'.encode()
            self.bodies[address(number, 0).split("/")[2].partition(":")[0]] = etag, body

    def answer(self, request: bytes) -> bytes:
        path = request.split(b" ", 2)[1]
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(b":") for line in request.split(b"\r\n")[1:])
        }
        if path == b"/counts":
            told = json.dumps(self.counts).encode()
            self.counts.clear()
            return _reply(b"200 OK", told)
        etag, body = self.bodies[headers[b"host"].decode().partition(":")[0]]
        same = b"ETag: %b\r\nLast-Modified: %b\r\nContent-Type: application/rss+xml\r\n" % (etag, _DATE.encode())
        if headers.get(b"if-none-match") == etag:
            self.counts[304] += 1
            return b"HTTP/1.1 304 Not Modified\r\nDate: %b\r\n%b\r\n" % (_DATE.encode(), same)
        self.counts[200] += 1
        return _reply(b"200 OK", body, same)


def _reply(status: bytes, body: bytes, headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %b\r\nDate: %b\r\n%bContent-Length: %d\r\n\r\n%b" % (
        status,
        _DATE.encode(),
        headers,
        len(body),
        body,
    )


class _Connection(asyncio.Protocol):
    def __init__(self, feeds: _Feeds) -> None:
        self._feeds = feeds
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while b"\r\n\r\n" in self._held:
            request, _, self._held = self._held.partition(b"\r\n\r\n")
            self._transport.write(self._feeds.answer(request))  # type: ignore[attr-defined]


async def _serve(feeds: _Feeds) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(feeds), "0.0.0.0", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(_Feeds(*map(int, sys.argv[1:]))))
