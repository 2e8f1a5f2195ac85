"""Which hosts are dialled: nothing inside, and no redirect to it; what fails while dialling."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from bot.fetching.dialling import Resolver, Target, Transport, look_up, target_of
from bot.fetching.responses import FetchError
from tests.bot.fetching.polls import Reply, code_of

INSIDE = [
    "http://127.0.0.1:{port}/rss",
    "http://localhost:{port}/rss",
    "http://[::1]:{port}/rss",
    "http://[::ffff:127.0.0.1]:{port}/rss",
    "http://[::ffff:7f00:1]:{port}/rss",
    "http://[64:ff9b::7f00:1]:{port}/rss",
    "http://[2002:7f00:1::]:{port}/rss",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://0.0.0.0:{port}/rss",
    "http://100.64.0.1/",
    "http://[fe80::1]/",
]
ODD = [
    "http://2130706433:{port}/rss",
    "http://0x7f000001:{port}/rss",
    "http://127.1:{port}/rss",
    "http://0177.0.0.1:{port}/rss",
]


@pytest.mark.parametrize("url", [*INSIDE, *ODD])
async def test_nothing_inside_is_asked_however_it_is_spelled(
    site: Any, make_fetcher: Any, reply: Reply, url: str
) -> None:
    site.pages["/rss"] = reply("x")
    code = await code_of(make_fetcher().fetch(url.format(port=site.port)))
    assert code in ("private", "address")
    assert site.asked == []


@pytest.mark.parametrize("location", [*INSIDE[3:], *ODD, "http://127.0.0.2:{port}/rss"])
async def test_a_redirect_inside_is_not_followed(
    site: Any, make_fetcher: Any, reply: Reply, location: str
) -> None:
    """Not even where the source's own host may lie inside: no other may."""
    site.pages |= {
        "/rss": reply("x"),
        "/di": reply("", "302 Found", Location=location.format(port=site.port)),
    }
    code = await code_of(make_fetcher().fetch(f"{site.url}/di", private_url=site.url))
    assert code in ("private", "address")
    assert site.paths() == ["/di"]


async def test_another_port_of_the_allowed_host_is_not_asked(
    site: Any, make_site: Any, make_fetcher: Any, reply: Reply
) -> None:
    """Neither by an item's link nor by a redirect, nor for its robots.txt."""
    other = await make_site()
    other.pages["/rss"] = reply("x")
    site.pages["/di"] = reply("", "302 Found", Location=f"{other.url}/rss")
    for url in (f"{other.url}/rss", f"{site.url}/di"):
        assert await code_of(make_fetcher().fetch(url, private_url=f"{site.url}/rss")) == "private"
    assert other.asked == []


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "gopher://127.0.0.1/", "http://a:b@bao.example/", ""]
)
async def test_a_redirect_to_what_is_no_web_address_is_not_followed(
    site: Any, make_fetcher: Any, reply: Reply, location: str
) -> None:
    site.pages["/di"] = reply("", "302 Found", Location=location)
    code = await code_of(make_fetcher().fetch(f"{site.url}/di", private_url=site.url))
    assert code == ("redirects" if location == "" else "address")


async def test_a_name_that_leads_outside_first_and_inside_later_does_not_get_in(
    site: Any, make_fetcher: Any, reply: Reply
) -> None:
    """DNS rebinding: what counts is the address that is dialled, at each dialling."""
    site.pages["/rss"] = reply("x")
    answers = iter([["203.0.113.9"], ["127.0.0.1"], ["8.8.8.8", "127.0.0.1"]])
    fetcher = make_fetcher(resolve=lambda _: next(answers, ["127.0.0.1"]), deadline_seconds=0.3)
    for _ in range(3):
        assert await code_of(fetcher.fetch(f"http://doi.example:{site.port}/rss")) in (
            "private",
            "timeout",
            "connection",
        )
    assert site.asked == []


async def test_a_name_is_looked_up_at_each_dialling() -> None:
    asked: list[str] = []

    def inside(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    transport, target = Transport(resolve=inside), target_of("http://doi.example/")
    for _ in range(2):
        get = transport.get(target, {}, is_private_allowed=False, deadline_seconds=5)
        assert await code_of(get) == "private"
    await transport.close()
    assert asked == ["doi.example"] * 2


async def test_a_request_that_waits_for_its_answer_holds_up_no_other_and_ends_with_all(site: Any) -> None:
    is_asked = asyncio.Event()

    async def silent(_: asyncio.StreamWriter) -> None:
        is_asked.set()
        await asyncio.sleep(2)

    site.pages["/rss"] = silent
    transport, target = Transport(), target_of(f"{site.url}/rss")
    get = asyncio.ensure_future(transport.get(target, {}, is_private_allowed=True, deadline_seconds=1.5))
    await is_asked.wait()
    other = target_of(f"{site.url}/khac")
    assert (await transport.get(other, {}, is_private_allowed=True, deadline_seconds=1)).status == 404
    await transport.close()
    assert await code_of(get) == "broken_answer"


async def test_a_name_with_several_addresses_inside_is_named_as_such(make_fetcher: Any) -> None:
    fetcher = make_fetcher(resolve=lambda _: ["127.0.0.1", "::1", "10.0.0.1"])
    assert await code_of(fetcher.fetch("http://trong.example/")) == "private"


async def test_a_name_that_nobody_knows_is_told(make_fetcher: Any) -> None:
    def unknown(host: str) -> list[str]:
        raise OSError(f"no {host}")

    assert await code_of(make_fetcher(resolve=unknown).fetch("http://khong-co.example/")) == "dns"


async def test_a_host_that_the_machine_cannot_look_up_is_no_address() -> None:
    host, transport = "a" * 64 + ".example", Transport()  # a label is too long
    target = Target(f"http://{host}/", host, 80, host, f"http://{host}")
    with pytest.raises(FetchError, match="sai cách viết"):
        await transport.get(target, {}, is_private_allowed=False, deadline_seconds=5)
    await transport.close()


async def test_a_port_where_nobody_listens_is_told(make_fetcher: Any, unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/"
    with pytest.raises(FetchError, match="connection: Connect call failed"):
        await make_fetcher().fetch(url, private_url=url)


async def test_a_server_without_tls_where_it_should_be_is_told(site: Any, make_fetcher: Any) -> None:
    url = f"https://127.0.0.1:{site.port}/"
    assert await code_of(make_fetcher().fetch(url, private_url=url)) == "tls"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_an_address_is_looked_up_as_itself(address: str) -> None:
    assert look_up(address) == [address]


async def test_each_address_of_a_name_is_dialled_once_in_its_family() -> None:
    resolver = Resolver(lambda _: ["10.0.0.1", "::1", "10.0.0.1"])
    found = [(one["host"], one["port"], one["family"]) for one in await resolver.resolve("bao.example")]
    assert found == [("10.0.0.1", 0, socket.AF_INET), ("::1", 0, socket.AF_INET6)]
    await resolver.close()


async def test_sixteen_names_are_looked_up_at_once_and_none_after_the_end() -> None:
    started, begun, may_end = [], threading.Semaphore(0), threading.Event()

    def hang(host: str) -> list[str]:
        started.append(host)
        begun.release()
        may_end.wait(10)
        return []

    resolver = Resolver(hang)
    lookups = [asyncio.ensure_future(resolver.resolve(f"{number}.example")) for number in range(17)]
    for _ in range(16):
        assert await asyncio.to_thread(begun.acquire, timeout=5)
    await resolver.close()
    may_end.set()
    await asyncio.gather(*lookups, return_exceptions=True)
    assert len(started) == 16
