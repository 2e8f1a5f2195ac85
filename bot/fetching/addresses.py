"""Which addresses may be asked: web addresses without credentials, and of these none inside our own network.

A name is judged by the address it leads to at the moment of dialling, so that neither its spelling nor an
answer that changes between two look-ups can lead inside.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from bot.fetching.fetch_errors import FetchError
from storage.identity import MAX_URL_CHARACTERS

_PORTS = {"http": 80, "https": 443}
# Source: RFC 6052 (NAT64) and RFC 4291 (IPv4-compatible): IPv4 addresses are embedded in the last 32 bits.
_EMBEDDING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
# Source: IANA's special-purpose registries; `is_global` of Python 3.11 calls these global.
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in ("192.88.99.0/24", "64:ff9b:1::/48", "fec0::/10", "2001::/23", "3fff::/20", "5f00::/16")
)


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked for. `host` is lowercase; `authority` names an unusual port."""

    url: str
    host: str
    port: int
    authority: str
    root: str


def target_of(url: str, base: str = "") -> Target:
    """Return what `url`, seen from `base`, asks for.

    Raises:
        FetchError: it is no web address, or holds a name and password.

    >>> target_of("/rss/moi.xml#dau", "https://Bao.example/rss").url
    'https://bao.example/rss/moi.xml'
    """
    if len(url) > MAX_URL_CHARACTERS or not url.isprintable() or " " in url.strip():
        raise FetchError("address", "quá dài hoặc có ký tự lạ")
    try:
        parts = urlsplit(urldefrag(urljoin(base, url.strip())).url)
        host, port = (parts.hostname or "").rstrip(".").encode("idna").decode(), parts.port
    except ValueError as error:
        raise FetchError("address", "sai cách viết") from error
    if parts.scheme not in _PORTS:
        raise FetchError("address", f"chỉ đọc http và https, không đọc «{parts.scheme[:20]}»")
    if not host or port == 0:
        raise FetchError("address", "thiếu tên miền")
    if "@" in parts.netloc:
        raise FetchError("address", "không nhận tên và mật khẩu trong địa chỉ")
    named = f"[{host}]" if ":" in host else host
    authority = named if port in (None, _PORTS[parts.scheme]) else f"{named}:{port}"
    root = f"{parts.scheme}://{authority}"
    query = f"?{parts.query}" if parts.query else ""
    return Target(f"{root}{parts.path or '/'}{query}", host, port or _PORTS[parts.scheme], authority, root)


def is_public(address: str) -> bool:
    """Tell whether an IP address lies in the open Internet, also behind the ways of writing IPv4 in IPv6.

    >>> is_public("203.113.131.2"), is_public("::ffff:100.64.0.1"), is_public("64:ff9b::7f00:1")
    (True, False, False)
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = _embedded(found)
        if inner is not None:
            return is_public(str(inner))
    return (
        found.is_global
        and not found.is_multicast
        and not any(found in network for network in _SPECIAL if network.version == found.version)
    )


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 one stands for, if it does."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if any(address in network for network in _EMBEDDING):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
