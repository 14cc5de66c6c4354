"""Which addresses may be asked. A name is resolved once for each connection, and that goes to what was looked at."""

from __future__ import annotations

import ipaddress
import socket
import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feedkeep.fetch.problems import Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_OWN_TRANSLATED = ipaddress.ip_network("64:ff9b:1::/48")  # RFC 8215: likewise, within one's own network
_UNICAST = ipaddress.ip_network("2000::/3")  # all that was given out so far
# What not every Python that this runs on knows to be special.
_SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20", "2620:4f:8000::/48")
)


class Guard:
    """Lets through what lies on the public internet, or all but nonsense where ``allow_private``."""

    def __init__(self, *, allow_private: bool = False, resolve: Callable[[str, int], list[str]] | None = None) -> None:
        self.allow_private = allow_private
        self._resolve = resolve or resolved

    def check_url(self, url: str) -> None:
        """Look at an address before anything is done. Raises Refused for what is not on the web."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise Refused(f"{url[:200]!r} is no address: {error}") from error
        if parts.scheme.lower() not in {"http", "https"}:
            raise Refused(f"{url[:200]!r} is not an address of the web: only http and https are asked")
        if not host:
            raise Refused(f"{url[:200]!r} names no host")

    def addresses(self, host: str, port: int, seconds: float | None = None) -> list[str]:
        """Resolve a name, within so many seconds, and look at every address of it.

        Raises Refused where one must not be asked, Unreachable where there is none, or none in time.
        """
        found = list(dict.fromkeys(self._in_time(host, port, seconds)))
        if not found:
            raise Unreachable(f"{host}: no such host")
        for text in found:
            if not self.is_allowed(text):
                raise Refused(f"{host} is {text}, which is not on the public internet (see --allow-private)")
        return found

    def _in_time(self, host: str, port: int, seconds: float | None) -> list[str]:
        """Resolve a name in a thread that can be left behind: the system's resolver knows no limit of time."""
        if seconds is None or _is_address(host):
            return self._resolve(host, port)
        came: SimpleQueue[list[str] | Unreachable] = SimpleQueue()

        def resolve() -> None:
            try:
                came.put(self._resolve(host, port))
            except Unreachable as error:
                came.put(error)

        threading.Thread(target=resolve, name="feedkeep-resolver", daemon=True).start()
        try:
            found = came.get(timeout=max(seconds, 0.0))
        except Empty:
            raise Unreachable(f"{host}: its name was not resolved in time") from None
        if isinstance(found, Unreachable):
            raise found
        return found

    def is_allowed(self, text: str) -> bool:
        """Tell whether an address may be asked."""
        try:
            address: Address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            return False
        held = [address, *embedded(address)]
        if any(one.is_unspecified or one.is_multicast for one in held):
            return False
        return self.allow_private or all(is_public(one) for one in held)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_public(address: Address) -> bool:
    """Tell whether an address is of the public internet (the IANA registries of special addresses)."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            return True  # what it translates to is looked at by itself
        if address.is_site_local or address in _OWN_TRANSLATED:
            return False
        if embedded(address):
            return not (address.is_link_local or address.is_loopback)
        if address not in _UNICAST:
            return False
    return address.is_global and not address.is_reserved and not any(address in network for network in _SPECIAL)


def embedded(address: Address) -> list[Address]:
    """Give the IPv4 addresses that an IPv6 address stands for: mapped, compatible, 6to4, Teredo, translated."""
    if not isinstance(address, ipaddress.IPv6Address):
        return []
    found: list[Address] = []
    if address.ipv4_mapped is not None:
        found.append(address.ipv4_mapped)
    if address.sixtofour is not None:
        found.append(address.sixtofour)
    if address.teredo is not None:
        found.extend(address.teredo)
    if address in _TRANSLATED:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if int(address) >> 32 == 0 and int(address) > 1:
        found.append(ipaddress.IPv4Address(int(address)))
    return found


def resolved(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a name. Raises Unreachable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host}: no such host ({getattr(error, 'strerror', None) or error})") from error
    return [str(address[0]) for *_, address in found]
