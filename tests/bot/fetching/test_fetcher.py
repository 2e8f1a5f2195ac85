"""Fetching from real servers: faults of the web, each with its outcome."""

import asyncio
import gzip
import itertools
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from bot.fetching.fetcher import Fetcher, user_agent
from bot.fetching.responses import FetchError, Validators
from bot.times.clock import Clock
from tests.bot.fetching.polls import Reply, code_of


async def test_a_page_comes_whole_with_its_charset_and_version(
    site: Any, make_fetcher: Any, reply: Reply
) -> None:
    site.pages["/rss"] = reply(
        "nước",
        ETag='"1"',
        Content_Type="text/xml; charset=utf-8",
        Cache_Control="max-age=60",
        Of_16_Kilobytes="a" * 16_384,
    )
    found = await make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)
    assert (found.body, found.charset, found.fresh_seconds) == ("nước".encode(), "utf-8", 60.0)
    assert (found.validators, found.moved_to) == (Validators('"1"'), None)


async def test_a_known_version_is_asked_for_and_unchanged(site: Any, make_fetcher: Any, reply: Reply) -> None:
    site.pages["/rss"] = reply("", "304 Not Modified")
    known = Validators('"1"', "Mon, 02 Mar 2026 00:00:00 GMT")
    found = await make_fetcher().fetch(f"{site.url}/rss", known=known, private_url=site.url)
    assert (found.body, found.validators) == (None, known)
    assert site.asked[-1].headers["if-none-match"] == '"1"'
    assert site.asked[-1].headers["if-modified-since"] == "Mon, 02 Mar 2026 00:00:00 GMT"


async def test_we_say_who_we_are(site: Any, make_fetcher: Any, reply: Reply) -> None:
    site.pages["/rss"] = reply("x")
    await make_fetcher(contact="toasoan@bao.example").fetch(f"{site.url}/rss", private_url=site.url)
    assert {one.headers["user-agent"] for one in site.asked} == {user_agent("toasoan@bao.example")}
    assert user_agent("a@b.vn").startswith("diemtin/")
    assert "cookie" not in site.asked[-1].headers
    assert site.asked[-1].headers["connection"] == "close"


@pytest.mark.parametrize(
    "pack", [gzip.compress, zlib.compress, lambda body: gzip.compress(body[:2]) + gzip.compress(body[2:])]
)
async def test_a_packed_body_is_unpacked(
    site: Any, make_fetcher: Any, reply: Reply, pack: Callable[[bytes], bytes]
) -> None:
    site.pages["/rss"] = reply(pack(b"xin chao"), Content_Encoding="gzip")
    assert (await make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)).body == b"xin chao"


async def test_a_gzip_bomb_is_stopped_while_it_unfolds(site: Any, make_fetcher: Any, reply: Reply) -> None:
    site.pages["/rss"] = reply(gzip.compress(bytes(60_000_000)), Content_Encoding="gzip")
    assert await code_of(make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)) == "too_large"


@pytest.mark.parametrize("headers", [{"Content_Encoding": "gzip"}, {"Content_Encoding": "br"}])
async def test_a_body_that_cannot_be_unpacked_is_a_broken_answer(
    site: Any, make_fetcher: Any, reply: Reply, headers: dict[str, str]
) -> None:
    site.pages["/rss"] = reply("không phải gzip", **headers)
    assert await code_of(make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)) == "broken_answer"


async def test_a_packed_body_that_ends_half_way_is_a_broken_answer(
    site: Any, make_fetcher: Any, reply: Reply
) -> None:
    site.pages["/rss"] = reply(gzip.compress(b"xin chao" * 100)[:-12], Content_Encoding="gzip")
    assert await code_of(make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)) == "broken_answer"


async def test_an_endless_body_is_cut_off(site: Any, make_fetcher: Any) -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(bytes(65_536))
            await writer.drain()

    site.pages["/rss"] = endless
    assert await code_of(make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)) == "too_large"


async def test_a_drip_meets_the_deadline(site: Any, make_fetcher: Any) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    site.pages["/rss"] = drip
    fetcher = make_fetcher(deadline_seconds=0.4)
    assert await code_of(fetcher.fetch(f"{site.url}/rss", private_url=site.url)) == "timeout"


async def test_a_server_that_says_nothing_meets_the_deadline(site: Any, make_fetcher: Any) -> None:
    async def silent(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2)

    site.pages["/rss"] = silent
    fetcher = make_fetcher(deadline_seconds=0.4)
    assert await code_of(fetcher.fetch(f"{site.url}/rss", private_url=site.url)) == "timeout"


async def test_one_that_announces_more_than_it_sends_is_a_broken_answer(
    site: Any, make_fetcher: Any, reply: Reply
) -> None:
    site.pages["/rss"] = reply("<rss/>", Content_Length="600")
    assert await code_of(make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)) == "broken_answer"


async def test_one_that_announces_too_much_is_not_read(site: Any, make_fetcher: Any, reply: Reply) -> None:
    site.pages["/rss"] = reply("<rss/>", Content_Length="6000000000")
    assert await code_of(make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)) == "too_large"


@pytest.mark.parametrize(
    ("status", "code"), [("404 Not Found", "missing"), ("101 Switching Protocols", "broken_answer")]
)
async def test_the_page_of_another_status_is_not_read(
    site: Any, make_fetcher: Any, reply: Reply, status: str, code: str
) -> None:
    site.pages["/rss"] = reply("", status, Content_Length="6000000000")
    assert await code_of(make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)) == code


async def test_what_comes_after_the_announced_length_is_never_read(
    site: Any, make_fetcher: Any, reply: Reply
) -> None:
    """Neither as this answer nor as the next one: no connection is used twice."""
    site.pages["/rss"] = reply("<rss/>") + reply("smuggled")
    fetcher = make_fetcher()
    for _ in range(2):
        assert (await fetcher.fetch(f"{site.url}/rss", private_url=site.url)).body == b"<rss/>"


@pytest.mark.parametrize(
    "page",
    [b"", b"\0\xff not http", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX: " + b"a" * 16_385 + b"\r\n\r\nx"],
)
async def test_what_is_not_http_is_a_broken_answer_and_not_asked_again_at_once(
    site: Any, make_fetcher: Any, page: bytes
) -> None:
    site.pages["/rss"] = page
    assert await code_of(make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)) == "broken_answer"
    assert site.paths() == ["/rss"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("403 Forbidden", "refused"),
        ("404 Not Found", "missing"),
        ("410 Gone", "gone"),
        ("429 Too Many Requests", "throttled"),
        ("503 Busy", "server"),
        ("304 Not Modified", "broken_answer"),
    ],
)
async def test_a_status_tells_what_is_wrong(
    site: Any, make_fetcher: Any, reply: Reply, status: str, code: str
) -> None:
    site.pages["/rss"] = reply("", status)
    assert await code_of(make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)) == code


async def test_retry_after_is_heard_and_heeded(site: Any, make_fetcher: Any, reply: Reply) -> None:
    """The host is not asked again, for whatever it has, until it wants to be."""
    site.pages["/rss"] = reply("", "429 Too Many Requests", Retry_After="7200")
    fetcher = make_fetcher()
    with pytest.raises(FetchError) as refusal:
        await fetcher.fetch(f"{site.url}/rss", private_url=site.url)
    assert refusal.value.wait_seconds == 7200
    assert await code_of(fetcher.fetch(f"{site.url}/khac", private_url=site.url)) == "throttled"
    assert site.paths() == ["/rss"]


async def test_a_permanent_move_is_followed_and_told(site: Any, make_fetcher: Any, reply: Reply) -> None:
    site.pages |= {
        "/rss": reply("", "301 Moved", Location="/moi"),
        "/moi": reply("", "308 Moved", Location="/moi-hon"),
        "/moi-hon": reply("x"),
    }
    found = await make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)
    assert (found.body, found.moved_to) == (b"x", f"{site.url}/moi-hon")


async def test_a_passing_move_is_followed_and_not_told(site: Any, make_fetcher: Any, reply: Reply) -> None:
    site.pages |= {"/rss": reply("", "302 Found", Location="/tam"), "/tam": reply("x")}
    found = await make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)
    assert (found.body, found.moved_to) == (b"x", None)


async def test_a_redirect_loop_ends(site: Any, make_fetcher: Any, reply: Reply) -> None:
    site.pages |= {"/a": reply("", "302 Found", Location="/b"), "/b": reply("", "302 Found", Location="/a")}
    assert await code_of(make_fetcher().fetch(f"{site.url}/a", private_url=site.url)) == "redirects"
    assert len(site.paths()) == 6


async def test_a_host_is_asked_one_thing_at_a_time_with_a_pause(
    site: Any, make_fetcher: Any, fast_clock: Clock
) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.01)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")

    site.pages |= {f"/{number}": slow for number in range(5)}
    fetcher = make_fetcher()
    urls = [f"{site.url}/{number}" for number in range(5)]
    await asyncio.gather(*(fetcher.fetch(url, private_url=site.url) for url in urls))
    assert site.most_at_once == 1
    moments = [one.at for one in site.asked]
    assert all((later - earlier).total_seconds() >= 2 for earlier, later in itertools.pairwise(moments))


async def test_hosts_do_not_wait_for_each_other(make_site: Any, make_fetcher: Any, reply: Reply) -> None:
    async def never(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3)

    slow, quick = await make_site(), await make_site()
    slow.pages["/rss"], quick.pages["/rss"] = never, reply("x")
    fetcher: Fetcher = make_fetcher()
    hanging = asyncio.create_task(fetcher.fetch(f"{slow.url}/rss", private_url=slow.url))
    assert (await fetcher.fetch(f"{quick.url}/rss", private_url=quick.url)).body == b"x"
    assert not hanging.done()
    hanging.cancel()
