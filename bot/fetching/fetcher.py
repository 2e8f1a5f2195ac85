"""Fetch an address through redirects and politely: robots.txt, one request to a host at a time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from bot.fetching.dialling import Answer, Target, Transport, target_of
from bot.fetching.politeness import MOST_BYTES, Hosts, Robots
from bot.fetching.responses import (
    MAX_BODY_BYTES,
    Code,
    FetchError,
    Validators,
    fresh_seconds,
    retry_seconds,
    validators_of,
)
from bot.times.clock import Clock

DEADLINE_SECONDS = 20.0
_MOST_REDIRECTS = 5
_MOST_AT_ONCE = 64  # over all hosts
_PERMANENT = (301, 308)
_REDIRECTS = (*_PERMANENT, 302, 303, 307)
_LONGEST_QUEUE_SECONDS = 120.0  # if a host asks for a longer pause, the fetch is given up until later
_FEEDS_FIRST = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer of an address. `body` is None if it has not changed; `moved_to` is its new address."""

    url: str
    body: bytes | None
    charset: str | None
    validators: Validators
    fresh_seconds: float
    moved_to: str | None


@dataclass(frozen=True, slots=True)
class _Trip:
    """The rules for the hops of one fetch. Only the host and port of `private` may be private."""

    private: Target | None
    asks_robots: bool
    most: int = MAX_BODY_BYTES


class Fetcher:
    """Fetches for one program. `contact` is part of the user agent, for the operators of the hosts."""

    def __init__(
        self,
        clock: Clock,
        contact: str | None = None,
        *,
        resolve: Callable[[str], list[str]] | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self.user_agent = user_agent(contact)
        self._clock = clock
        self._deadline_seconds = deadline_seconds
        self._transport = Transport(resolve=resolve)
        self._slots = asyncio.Semaphore(_MOST_AT_ONCE)
        self._hosts = Hosts(clock)
        self._robots = Robots(clock, self._ask_robots)

    async def fetch(
        self, url: str, *, known: Validators | None = None, private_url: str | None = None
    ) -> Fetched:
        """Fetch `url`, unless its version is the `known` one.

        Only the host and port of `private_url` may be in a private network.

        Raises:
            FetchError: it cannot be fetched, with the reason.
        """
        private = target_of(private_url) if private_url else None
        return await self._follow(target_of(url), known or Validators(), _Trip(private, asks_robots=True))

    async def aclose(self) -> None:
        await self._transport.close()

    async def _follow(self, target: Target, known: Validators, trip: _Trip) -> Fetched:
        left, moved_to, has_moved = self._deadline_seconds, None, True
        for _ in range(_MOST_REDIRECTS + 1):
            if trip.asks_robots:
                await self._heed_robots(target, trip)
            answer, took = await self._hop(target, known, trip, left)
            left -= took
            if answer.status not in _REDIRECTS:
                return self._judge(target, answer, moved_to, known)
            target = target_of(answer.headers.get("location", ""), target.url)
            has_moved = has_moved and answer.status in _PERMANENT
            moved_to = target.url if has_moved else moved_to
        raise FetchError("redirects")

    async def _hop(self, target: Target, known: Validators, trip: _Trip, left: float) -> tuple[Answer, float]:
        """Send one request in turn; return the answer and its time without the wait for the turn."""
        wait = self._hosts.seconds_to_wait(target.authority)
        if wait > _LONGEST_QUEUE_SECONDS:
            raise FetchError("throttled", wait_seconds=wait)
        headers = {"User-Agent": self.user_agent, "Accept": _FEEDS_FIRST, **known.as_headers()}
        loop, private = asyncio.get_running_loop(), trip.private
        is_own = private is not None and (target.host, target.port) == (private.host, private.port)
        async with self._hosts.turn(target.authority), self._slots:
            began = loop.time()
            answer = await self._transport.get(
                target,
                headers,
                is_private_allowed=is_own,
                deadline_seconds=max(0.001, left),
                most=trip.most,
            )
            if answer.status in (429, 503):
                asked = retry_seconds(answer.headers, self._clock.now())
                self._hosts.rest(target.authority, asked or 0.0)
            return answer, loop.time() - began

    async def _heed_robots(self, target: Target, trip: _Trip) -> None:
        rules = target_of("/robots.txt", target.root)
        gap = await self._robots.check(target, rules, private=trip.private)
        if gap is not None:
            self._hosts.slow_down(target.authority, gap)

    async def _ask_robots(self, target: Target, private: Target | None) -> bytes:
        trip = _Trip(private, asks_robots=False, most=MOST_BYTES)
        return (await self._follow(target, Validators(), trip)).body or b""

    def _judge(self, target: Target, answer: Answer, moved_to: str | None, known: Validators) -> Fetched:
        is_unchanged = answer.status == 304 and bool(known.as_headers())
        if answer.status != 200 and not is_unchanged:
            code = _code_of(answer.status)
            wait = retry_seconds(answer.headers, self._clock.now())
            raise FetchError(code, f"HTTP {answer.status}", wait_seconds=wait)
        return Fetched(
            url=target.url,
            body=None if is_unchanged else answer.body,
            charset=answer.charset,
            validators=known if is_unchanged else validators_of(answer.headers),
            fresh_seconds=fresh_seconds(answer.headers),
            moved_to=moved_to,
        )


def user_agent(contact: str | None) -> str:
    """Return the user agent: name, version, and the operator's contact if given."""
    name = f"diemtin/{version('diemtin')}"
    return f"{name} (+{contact})" if contact else name


def _code_of(status: int) -> Code:
    codes: dict[int, Code] = {404: "missing", 410: "gone", 429: "throttled"}
    others: Code = "server" if status >= 500 else "refused" if status >= 400 else "broken_answer"
    return codes.get(status, others)
