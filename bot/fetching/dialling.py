"""One HTTP request to one address, and the address guard. `fetcher` handles redirects and pace."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.fetching.responses import ACCEPTED_ENCODINGS, MAX_BODY_BYTES, FetchError, read_body
from storage.identity import MAX_URL_CHARACTERS

# The guard allows web addresses without credentials, and none in a private network.
#
# A name is checked by its IP address at the moment of dialling. So neither its spelling nor a DNS answer that
# changes between two lookups can lead into a private network.

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
    """An allowed address. `host` is lowercase; `authority` has an unusual port."""

    url: str
    host: str
    port: int
    authority: str
    root: str


def target_of(url: str, base: str = "") -> Target:
    """Return the target of `url`, relative to `base`.

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
    """Tell whether an IP address is public; an IPv4 address embedded in IPv6 is checked too.

    >>> is_public("203.113.131.2"), is_public("::ffff:100.64.0.1"), is_public("64:ff9b::7f00:1")
    (True, False, False)
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (inner := _embedded(found)) is not None:
        return is_public(str(inner))
    return found.is_global and not found.is_multicast and not any(found in network for network in _SPECIAL)


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address embedded in an IPv6 one, if any."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if any(address in network for network in _EMBEDDING):
        return ipaddress.IPv4Address(address.packed[-4:])
    return None


# No connection is kept, because a name may lead to another address later, and so that bytes beyond the
# announced length are lost.

_RESOLVER_THREADS = 16  # of their own: a dead name server must not block other threads
_MOST_HEADER_BYTES = 16_384
_AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer; `headers` by lowercase name, `charset` as the header has it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    charset: str | None


class Transport:
    """Sessions for public hosts, and for private hosts that the operator allows.

    `resolve` replaces the machine's lookup of names: host → IP addresses.
    """

    def __init__(self, *, resolve: Callable[[str], list[str]] | None = None) -> None:
        self._resolver = Resolver(resolve or look_up)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def get(
        self,
        target: Target,
        headers: Mapping[str, str],
        *,
        is_private_allowed: bool,
        deadline_seconds: float,
        most: int = MAX_BODY_BYTES,
    ) -> Answer:
        """Send one request, without following redirects.

        Raises:
            FetchError: the answer is incomplete or not acceptable.
        """
        session = self._session(is_private_allowed)
        try:
            async with (
                asyncio.timeout(deadline_seconds),
                session.get(
                    target.url,
                    headers={"Accept-Encoding": ACCEPTED_ENCODINGS, **headers},
                    allow_redirects=False,
                ) as answer,
            ):
                body = await read_body(answer, most=most) if answer.status == 200 else b""
        except TimeoutError as error:
            raise FetchError("timeout") from error
        except aiohttp.ClientError as error:
            raise _explained(error) from error
        except ValueError as error:  # an address that only aiohttp or the machine's lookup refuses
            raise FetchError("address", "sai cách viết") from error
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, named, body, answer.charset)

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()
        await self._resolver.close()

    def _session(self, is_private_allowed: bool) -> aiohttp.ClientSession:
        if is_private_allowed not in self._sessions:
            connector = aiohttp.TCPConnector(
                limit=0,  # `Fetcher` counts
                force_close=True,
                use_dns_cache=False,
                resolver=self._resolver,
                socket_factory=None if is_private_allowed else _public_socket,
            )
            session = aiohttp.ClientSession(
                connector=connector,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
                max_line_size=_MOST_HEADER_BYTES,
                max_field_size=_MOST_HEADER_BYTES,
            )
            # No public way: else aiohttp repeats a request at once after a dropped connection, out of turn.
            session._retry_connection = False
            self._sessions[is_private_allowed] = session
        return self._sessions[is_private_allowed]


class _PrivateAddressError(OSError):
    """The address to be dialled is private."""


def _public_socket(info: _AddressInfo) -> socket.socket:
    family, kind, protocol, _, (address, *_) = info
    if not is_public(address):
        raise _PrivateAddressError  # for all addresses, since aiohttp reports only the first error
    return socket.socket(family, kind, protocol)


def look_up(host: str) -> list[str]:
    """Return the IP addresses of `host`, as the machine finds them.

    Raises OSError if nothing is known of it, UnicodeError if it cannot be a name.
    """
    return [str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


class Resolver(AbstractResolver):
    """Looks names up in threads of its own."""

    def __init__(self, look_up: Callable[[str], list[str]]) -> None:
        self._look_up = look_up
        self._threads = ThreadPoolExecutor(_RESOLVER_THREADS, "resolver")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return every address of `host`, of either family."""
        found = await asyncio.get_running_loop().run_in_executor(self._threads, self._look_up, host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in dict.fromkeys(found)
        ]

    async def close(self) -> None:
        """Accept no more names, without waiting for a running lookup."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _explained(error: aiohttp.ClientError) -> FetchError:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return FetchError("dns")
        case aiohttp.ClientSSLError():
            return FetchError("tls")
        case aiohttp.ClientConnectorError(os_error=_PrivateAddressError()):
            return FetchError("private")
        case aiohttp.ClientConnectorError():
            return FetchError("connection", error.os_error.strerror or "")
        case aiohttp.InvalidURL():
            return FetchError("address", "sai cách viết")
        case _:
            return FetchError("broken_answer", type(error).__name__)
