"""robots.txt, and the headers that say when to ask again."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from bot.fetching.politeness import GAP, Hosts
from bot.fetching.responses import FetchError, Validators, fresh_seconds, retry_seconds, validators_of
from tests.manual_clock import ManualClock

Reply = Callable[..., bytes]
START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


async def test_what_robots_txt_forbids_is_never_asked_for(site: Any, make_fetcher: Any, reply: Reply) -> None:
    site.pages |= {
        "/robots.txt": reply("User-agent: *\nDisallow: /rss\n"),
        "/rss": reply("x"),
        "/khac": reply("y"),
    }
    fetcher = make_fetcher()
    with pytest.raises(FetchError) as refusal:
        await fetcher.fetch(f"{site.url}/rss", private_url=site.url)
    assert refusal.value.code == "robots"
    assert (await fetcher.fetch(f"{site.url}/khac", private_url=site.url)).body == b"y"
    assert site.paths() == ["/khac"]


async def test_rules_for_us_by_name_go_before_those_for_all(
    site: Any, make_fetcher: Any, reply: Reply
) -> None:
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: diemtin\nAllow: /\n"
    site.pages |= {"/robots.txt": reply(rules), "/rss": reply("x")}
    assert (await make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)).body == b"x"


async def test_robots_txt_is_asked_for_once_a_day(site: Any, make_fetcher: Any, reply: Reply) -> None:
    site.pages |= {"/robots.txt": reply("User-agent: *\nDisallow:\n"), "/rss": reply("x")}
    fetcher = make_fetcher()
    for _ in range(3):
        await fetcher.fetch(f"{site.url}/rss", private_url=site.url)
    assert [one.path for one in site.asked] == ["/robots.txt", "/rss", "/rss", "/rss"]


async def test_a_redirect_to_what_robots_txt_forbids_is_not_followed(
    site: Any, make_fetcher: Any, reply: Reply
) -> None:
    rules = reply("User-agent: *\nDisallow: /kin\n")
    site.pages |= {"/robots.txt": rules, "/rss": reply("", "302 Found", Location="/kin"), "/kin": reply("x")}
    with pytest.raises(FetchError):
        await make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)
    assert site.paths() == ["/rss"]


async def test_rules_that_cannot_be_had_forbid_all_for_a_while(
    site: Any, make_fetcher: Any, reply: Reply
) -> None:
    site.pages |= {"/robots.txt": reply("", "500 Broken"), "/rss": reply("x")}
    with pytest.raises(FetchError) as refusal:
        await make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)
    assert (refusal.value.code, refusal.value.detail) == ("server", "robots.txt: HTTP 500")
    assert site.paths() == []


@pytest.mark.parametrize(
    "rules", [b"\xff\xfe\0" * 1_000, b"Disallow" * 50_000, b"User-agent: *\nDisallow: /" + b"*a" * 9_999]
)
async def test_hostile_rules_forbid_nothing_else(
    site: Any, make_fetcher: Any, reply: Reply, rules: bytes
) -> None:
    site.pages |= {"/robots.txt": reply(rules), "/rss": reply("x")}
    assert (await make_fetcher().fetch(f"{site.url}/rss", private_url=site.url)).body == b"x"


async def test_a_pause_that_robots_txt_asks_for_is_kept(site: Any, make_fetcher: Any, reply: Reply) -> None:
    site.pages |= {"/robots.txt": reply("User-agent: *\nCrawl-delay: 30\n"), "/rss": reply("x")}
    fetcher = make_fetcher()
    for _ in range(2):
        await fetcher.fetch(f"{site.url}/rss", private_url=site.url)
    first, second = (one.at for one in site.asked if one.path == "/rss")
    assert (second - first).total_seconds() >= 30


async def test_a_host_is_remembered_only_while_it_matters() -> None:
    clock = ManualClock(START)
    hosts = Hosts(clock)
    for number in range(5_000):
        async with hosts.turn(f"h{number}.example"):
            pass
        await clock.advance(GAP.total_seconds())
    assert len(hosts._hosts) <= 2_000


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "Mon, 02 Mar 2026 01:10:00 GMT"}, 600.0),
        ({"retry-after": "Mon, 02 Mar 2026 01:10:00 GMT", "date": "Mon, 02 Mar 2026 01:09:00 GMT"}, 60.0),
        ({"retry-after": "Mon, 02 Mar 2020 01:10:00 GMT"}, 0.0),
        ({"retry-after": "999999999"}, 86_400.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "mai"}, None),
        ({"retry-after": "9" * 5_000}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_seconds(headers, START) == seconds


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("max-age=300", 300.0),
        ("public, Max-Age=60, must-revalidate", 60.0),
        ("s-maxage=900", 0.0),
        ("no-cache, max-age=300", 0.0),
        ("max-age=-1", 0.0),
        ("", 0.0),
    ],
)
def test_freshness_is_max_age_unless_caching_is_forbidden(said: str, seconds: float) -> None:
    assert fresh_seconds({"cache-control": said}) == seconds


def test_a_version_too_long_to_be_sent_back_is_none() -> None:
    assert validators_of({"etag": "a" * 9_000, "last-modified": "x"}) == Validators(None, "x")


async def test_a_clock_that_was_set_back_lets_nobody_wait_for_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock(START)
    hosts = Hosts(clock)
    hosts.rest("bao.example", 60)
    monkeypatch.setattr(clock, "now", lambda: START - dt.timedelta(hours=7))
    assert hosts.seconds_to_wait("bao.example") == 60
