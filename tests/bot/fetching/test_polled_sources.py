"""Polled sources from server to database: every good item in once, whatever other sources do."""

import asyncio
import datetime as dt
import gc
import gzip
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.desk import Desk
from bot.fetching.fetcher import Fetcher
from bot.jobs.web.polling import WebPolling
from bot.newsroom import Newsroom, WebSource
from bot.times.clock import Clock
from storage.articles import StoredArticle, find_waiting
from storage.engine import Database
from storage.inbox import find_refusals
from storage.sources import SourceState, find_source_states

Reply = Callable[..., bytes]
LEAD = "Sau ba tháng sửa chữa, bến phà đón chuyến khách đầu tiên vào sáng nay."
BODY = (
    "<p>Chuyến phà đầu tiên rời bến lúc năm giờ sáng, chở theo hơn bốn mươi người dân sang chợ nổi.</p>"
    "<p>Ông Trần Văn Lúa, trưởng bến, cho biết phà mới chở được nhiều hơn phà cũ một nửa.</p>"
    "<p>Bà con hai bên bờ đã chờ ngày này từ trước Tết, khi chiếc phà cũ phải nằm bờ vì hỏng máy.</p>"
)
DEADLINE = 1.0


def item(title: str, lead: str = LEAD, **fields: str) -> str:
    """Return an RSS item."""
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in ({"title": title} | fields).items())
    return f"<item>{inner}<description>{lead}</description></item>"


def rss(*items: str, head: str = "") -> str:
    """Return a feed."""
    return f'{head}<rss version="2.0"><channel><title>Báo</title>{"".join(items)}</channel></rss>'


def page(title: str = "Bến phà mở lại") -> str:
    """Return a page with an article."""
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>{BODY}</body></html>"
    )


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite is enough here: the statements are tested on both engines elsewhere."""
    return sqlite_database


class Polls:
    """A desk whose web sources are polled on demand."""

    def __init__(self, desk: Desk, told: Any, make_newsroom: Callable[..., Newsroom]) -> None:
        self.desk = desk
        self.told = told
        self._make_newsroom = make_newsroom
        self.polling = self._make()

    def _make(self) -> WebPolling:
        def fetcher(clock: Clock, contact: str | None) -> Fetcher:
            return Fetcher(clock, contact=contact, deadline_seconds=DEADLINE)

        return WebPolling(self.desk, self.told, make_fetcher=fetcher, chance=lambda: 0.5)

    def declare(self, *sources: WebSource) -> None:
        """Put these sources into the newsroom."""
        self.desk.newsroom = self._make_newsroom(sources=sources)

    async def poll(self, *, times: int = 1) -> None:
        """Poll what is declared, each source `times` times whenever it is due."""
        for _ in range(times):
            states = await self.polling._known_states()
            for name, state in states.items():
                states[name] = replace(state, next_at=self.desk.clock.now())
            await self.polling.look()
            await self.polling.until_idle()
            await asyncio.sleep(0.07)  # more than the minute between two tellings, on this clock
            await self.polling._tell()

    async def restart(self) -> None:
        """Close, and begin with what the database knows."""
        await self.polling.close()
        self.polling = self._make()

    async def articles(self) -> list[StoredArticle]:
        """Return what is stored, by title."""
        async with self.desk.database.read() as connection:
            return sorted(await find_waiting(connection, 1_000), key=lambda article: article.title)

    async def titles(self) -> list[str]:
        """Return the titles of what is stored."""
        return [article.title for article in await self.articles()]

    async def state(self, name: str = "bao") -> SourceState:
        """Return what the database knows of a source."""
        async with self.desk.database.read() as connection:
            return (await find_source_states(connection))[name]

    async def refused(self) -> list[str]:
        """Return the places of what was refused."""
        async with self.desk.database.read() as connection:
            return [path for _, path, _ in await find_refusals(connection)]


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Keep the garbage collector away: it would charge the test process's whole heap to one turn."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
async def polls(
    database: Database, fast_clock: Clock, told: Any, make_newsroom: Callable[..., Newsroom]
) -> AsyncIterator[Polls]:
    """Polling without any source yet."""
    polls = Polls(Desk(database, fast_clock, make_newsroom()), told, make_newsroom)
    yield polls
    await polls.polling.close()


def source(site: Any, path: str = "/rss", name: str = "bao", **given: Any) -> WebSource:
    """Declare a feed of a site."""
    declared = WebSource(name, f"Báo {name}", "feed", site.url + path, "Asia/Ho_Chi_Minh", None, "full")
    return replace(declared, **({"allows_private": True} | given))


async def test_the_items_of_a_feed_are_stored_once(polls: Polls, site: Any, reply: Reply) -> None:
    site.pages["/rss"] = reply(rss(item("Bến phà mở lại", guid="1"), item("Chợ họp sớm", guid="2")))
    polls.declare(source(site))
    await polls.poll(times=3)
    assert await polls.titles() == ["Bến phà mở lại", "Chợ họp sớm"]
    state = await polls.state()
    assert (state.items, state.failures, state.trouble) == (2, 0, None)


async def test_a_feed_that_has_not_changed_is_neither_sent_nor_parsed_again(
    polls: Polls, site: Any, reply: Reply
) -> None:
    site.pages["/rss"] = reply(rss(item("Bến phà mở lại")), ETag='"1"')
    polls.declare(source(site))
    await polls.poll()
    await polls.restart()
    site.pages["/rss"] = reply("", "304 Not Modified")
    await polls.poll()
    assert site.asked[-1].headers["if-none-match"] == '"1"'
    assert ((await polls.state()).failures, await polls.titles()) == (0, ["Bến phà mở lại"])


async def test_the_same_guid_with_new_text_is_an_update_and_the_same_text_elsewhere_an_article(
    polls: Polls, site: Any, reply: Reply
) -> None:
    polls.declare(source(site))
    for lead, guid in ((LEAD, "1"), (f"{LEAD} Giá vé giữ nguyên.", "1"), (f"{LEAD} Giá vé giữ nguyên.", "2")):
        site.pages["/rss"] = reply(rss(item("Bến phà mở lại", lead, guid=guid)))
        await polls.poll()
    assert [article.version for article in await polls.articles()] == [2, 1]


async def test_an_item_without_title_and_text_is_named_and_the_others_stored(
    polls: Polls, site: Any, reply: Reply
) -> None:
    site.pages["/rss"] = reply(rss("<item><guid>1</guid></item>", item("Bến phà mở lại")))
    polls.declare(source(site))
    await polls.poll()
    assert await polls.titles() == ["Bến phà mở lại"]
    assert await polls.refused() == [f"{site.url}/rss#1"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1258"])
async def test_a_charset_is_honoured_as_the_server_or_the_feed_declares_it(
    polls: Polls, site: Any, reply: Reply, charset: str
) -> None:
    body = rss(item("Tin ngày mai", "Sáng nay trời trong xanh, gió nhẹ và mát."))
    encoded = body.encode("cp1258", "ignore") if charset == "windows-1258" else body.encode(charset)
    site.pages["/rss"] = reply(encoded, Content_Type=f"text/xml; charset={charset}")
    polls.declare(source(site))
    await polls.poll()
    assert (await polls.state()).failures == 0
    assert len(await polls.titles()) == 1


BAD_FEEDS: dict[str, str | bytes] = {
    "empty": "",
    "HTML as RSS": page(),
    "no feed": "<?xml version='1.0'?><svg/>",
    "wrong charset": '<?xml version="1.0" encoding="utf-8"?><rss><channel>\xff'.encode("latin-1"),
    "an unknown charset": '<?xml version="1.0" encoding="x-vps"?><rss/>',
    "compressed twice": b"\x1f\x8b\x08" + bytes(range(256)),
}


@pytest.mark.parametrize("name", BAD_FEEDS)
async def test_a_bad_feed_is_told_once_with_its_recovery_and_leaves_others_unharmed(
    polls: Polls, make_site: Any, reply: Reply, name: str
) -> None:
    bad, good = await make_site(), await make_site()
    bad.pages["/rss"] = reply(BAD_FEEDS[name])
    good.pages["/rss"] = reply(rss(item("Chợ họp sớm")))
    polls.declare(source(bad, name="hong"), source(good))
    await polls.poll(times=5)
    assert await polls.titles() == ["Chợ họp sớm"]
    assert ((await polls.state("hong")).trouble, len(polls.told)) == ("unreadable", 1)
    bad.pages["/rss"] = reply(rss(item("Bến phà mở lại")))
    await polls.poll(times=2)
    assert await polls.titles() == ["Bến phà mở lại", "Chợ họp sớm"]
    assert [text.split()[0] for text in polls.told] == ["⚠️", "✓"]


LAUGHS = '<!ENTITY a0 "ha">' + "".join(
    '<!ENTITY a{} "{}">'.format(n, f"&a{n - 1};" * 10) for n in range(1, 10)
)
HOSTILE = {
    "truncated": rss(item("Bến phà mở lại"), item("Chợ họp sớm"))[:-60],
    "control characters": rss(item("Bến phà mở lại", f"\0\x01{LEAD}\x1f")),
    "billion laughs": f"<!DOCTYPE l [{LAUGHS}]>" + rss(item("&a9;")),
    "quadratic entities": f'<!DOCTYPE l [<!ENTITY a "{"a" * 50_000}">]>' + rss(item("&a;" * 5_000)),
    "an external entity": '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss(item("&a;")),
    "an external DTD": '<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd">' + rss(item("Bến phà mở lại")),
    "nested tags": "<rss><channel><item><title>a</title><description>" + "<b>" * 200_000,
    "a slow author": rss("<item><title>a</title><author>" + "a@" * 20_000 + "</author></item>"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_feed_is_over_and_others_come_meanwhile(
    polls: Polls, make_site: Any, reply: Reply, name: str
) -> None:
    bad, good = await make_site(), await make_site()
    bad.pages["/rss"] = reply(HOSTILE[name])
    good.pages["/rss"] = reply(rss(item("Tin của báo khác")))
    polls.declare(source(bad, name="hong"), source(good))
    await polls.poll()
    assert "Tin của báo khác" in await polls.titles()
    assert not any("root:" in article.title + article.sapo for article in await polls.articles())
    assert (await polls.state("hong")).tried_at is not None


async def test_a_host_that_hangs_delays_no_other(polls: Polls, make_site: Any, reply: Reply) -> None:
    async def never(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    hanging, good = await make_site(), await make_site()
    hanging.pages["/rss"], good.pages["/rss"] = never, reply(rss(item("Bến phà mở lại")))
    polls.declare(source(hanging, name="treo"), source(good))
    await polls.polling.look()
    await polls.polling._running["bao"]
    assert list(polls.polling._running) == ["treo"]
    await polls.polling.until_idle()
    assert (await polls.state("treo")).trouble == "timeout"


@pytest.mark.usefixtures("no_collector")
async def test_the_loop_is_free_while_hostile_feeds_are_read(
    polls: Polls, make_site: Any, reply: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No turn of the loop uses 50 ms of its thread's CPU: time in which others could not run."""
    longest = watch_turns(monkeypatch)
    large = rss(*(item(f"Chuyện số {number}", guid=str(number)) for number in range(5_000)))
    for number, feed in enumerate((large, HOSTILE["quadratic entities"], HOSTILE["truncated"])):
        site = await make_site()
        site.pages["/rss"] = reply(gzip.compress(feed.encode()), Content_Encoding="gzip")
        polls.declare(source(site, name=f"hong-{number}"))
        await polls.poll()
    assert max(longest) < 0.05


def watch_turns(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a list that will hold the seconds of CPU of each turn of the loop."""
    turns = [0.0]
    run = asyncio.events.Handle._run

    def timed(handle: asyncio.events.Handle) -> None:
        began = time.thread_time()
        run(handle)
        turns.append(time.thread_time() - began)

    monkeypatch.setattr(asyncio.events.Handle, "_run", timed)
    return turns


async def test_full_text_comes_from_the_page_behind_a_lead_once(
    polls: Polls, site: Any, reply: Reply
) -> None:
    site.pages |= {
        "/rss": reply(rss(item("Bến phà mở lại", link=f"{site.url}/1"))),
        "/1": reply(page(), Content_Type="text/html; charset=utf-8"),
    }
    polls.declare(source(site, full_text=True))
    await polls.poll()
    await polls.restart()
    await polls.poll()
    [article] = await polls.articles()
    assert article.sapo == LEAD
    assert article.body.startswith("Chuyến phà đầu tiên")
    assert article.version == 1
    assert site.paths() == ["/rss", "/1", "/rss"]


async def test_an_item_that_changes_has_its_page_read_again(polls: Polls, site: Any, reply: Reply) -> None:
    site.pages["/1"] = reply(page())
    polls.declare(source(site, full_text=True))
    for lead in (LEAD, f"{LEAD} Giá vé giữ nguyên."):
        site.pages["/rss"] = reply(rss(item("Bến phà mở lại", lead, link=f"{site.url}/1")))
        await polls.poll()
    [article] = await polls.articles()
    assert (article.version, article.sapo) == (2, f"{LEAD} Giá vé giữ nguyên.")
    assert article.body.startswith("Chuyến phà đầu tiên")


@pytest.mark.parametrize("status", ["404 Not Found", "500 Broken", "302 Found"])
async def test_a_page_that_cannot_be_had_leaves_the_lead(
    polls: Polls, site: Any, reply: Reply, status: str
) -> None:
    site.pages |= {
        "/rss": reply(rss(item("Bến phà mở lại", link=f"{site.url}/1"))),
        "/1": reply("", status, Location="http://169.254.169.254/"),
    }
    polls.declare(source(site, full_text=True))
    await polls.poll(times=2)
    [article] = await polls.articles()
    assert (article.sapo, article.body) == (LEAD, "")
    assert (await polls.state()).failures == 0


async def test_an_item_cannot_lead_into_our_network(polls: Polls, make_site: Any, reply: Reply) -> None:
    site, inside = await make_site(), await make_site()
    inside.pages["/"] = reply(page())
    site.pages["/rss"] = reply(rss(item("Bến phà mở lại", link=f"http://localhost:{inside.port}/")))
    polls.declare(source(site, full_text=True))
    await polls.poll()
    assert await polls.titles() == ["Bến phà mở lại"]
    assert inside.asked == []


async def test_more_new_items_than_pages_at_once_come_with_the_next_polls(
    polls: Polls, site: Any, reply: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.web.reading._MOST_PAGES", 2)
    items = [item(f"Chuyến phà số {n}", link=f"{site.url}/{n}") for n in range(5)]
    site.pages |= {"/rss": reply(rss(*items), ETag='"1"')} | {f"/{n}": reply(page()) for n in range(5)}
    polls.declare(source(site, full_text=True))
    counts = []
    for _ in range(3):
        await polls.poll()
        counts.append(len(await polls.titles()))
    assert counts == [2, 4, 5]


async def test_a_page_is_one_article_updated_when_it_changes(polls: Polls, site: Any, reply: Reply) -> None:
    polls.declare(source(site, "/lich", kind="page"))
    for title in ("Lịch cắt điện tuần này", "Lịch cắt điện tuần này", "Lịch cắt điện tuần sau"):
        site.pages["/lich"] = reply(page(title))
        await polls.poll()
    [article] = await polls.articles()
    assert (article.title, article.version, article.url) == ("Lịch cắt điện tuần sau", 2, f"{site.url}/lich")


async def test_a_move_is_told_once_with_the_line_to_write_and_nothing_is_lost(
    polls: Polls, site: Any, reply: Reply
) -> None:
    site.pages |= {
        "/rss": reply("", "301 Moved", Location="/moi"),
        "/moi": reply(rss(item("Bến phà mở lại"))),
    }
    polls.declare(source(site))
    await polls.poll(times=3)
    assert await polls.titles() == ["Bến phà mở lại"]
    [told] = polls.told
    assert f"feed = &quot;{site.url}/moi&quot;" in told
    polls.declare(source(site, "/moi"))
    await polls.poll()
    assert ((await polls.state()).moved_to, len(polls.told)) == (None, 1)


async def test_what_was_told_is_not_told_again_after_a_restart(polls: Polls, site: Any, reply: Reply) -> None:
    site.pages["/rss"] = reply("", "410 Gone")
    polls.declare(source(site))
    for _ in range(3):
        await polls.poll()
        await polls.restart()
    assert len(polls.told) == 1
    assert "địa chỉ đã bị bỏ hẳn" in polls.told[0]


async def test_what_goes_wrong_together_is_told_together(polls: Polls, make_site: Any) -> None:
    site = await make_site()
    polls.declare(*(source(site, f"/{n}", f"bao-{n}", allows_private=False) for n in range(9)))
    await polls.poll()
    [told] = polls.told
    assert "… và 3 tin báo nữa: diemtin sources" in told


async def test_an_address_that_changes_begins_anew(polls: Polls, site: Any, reply: Reply) -> None:
    site.pages["/rss"] = reply(rss(item("Bến phà mở lại")), ETag='"1"')
    site.pages["/khac"] = reply(rss(item("Chợ họp sớm")))
    polls.declare(source(site))
    await polls.poll()
    polls.declare(source(site, "/khac"))
    await polls.poll()
    assert "if-none-match" not in site.asked[-1].headers
    assert await polls.titles() == ["Bến phà mở lại", "Chợ họp sớm"]


async def test_a_database_that_fails_loses_nothing(polls: Polls, site: Any, reply: Reply) -> None:
    site.pages["/rss"] = reply(rss(item("Bến phà mở lại")), ETag='"1"')
    polls.declare(source(site))
    async with polls.desk.database.write() as connection:
        await connection.execute(text("ALTER TABLE articles RENAME TO away"))
    await polls.poll()
    async with polls.desk.database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO articles"))
    await polls.poll()
    assert "if-none-match" not in site.asked[-1].headers
    assert await polls.titles() == ["Bến phà mở lại"]


async def test_a_poll_that_is_broken_off_loses_nothing(polls: Polls, site: Any, reply: Reply) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.5)
        writer.write(reply(rss(item("Bến phà mở lại"))))

    site.pages["/rss"] = slow
    polls.declare(source(site))
    await polls.polling.look()
    await asyncio.sleep(0.1)
    await polls.restart()
    assert await polls.titles() == []
    await polls.poll()
    assert await polls.titles() == ["Bến phà mở lại"]


async def test_without_web_sources_nothing_is_opened(polls: Polls) -> None:
    await polls.polling.look()
    assert polls.polling._fetcher is None


async def test_each_source_waits_for_its_own_time(polls: Polls, site: Any, reply: Reply) -> None:
    site.pages |= {"/rss": reply(rss(item("Bến phà mở lại"))), "/cham": reply(rss(item("Chợ họp sớm")))}
    polls.declare(source(site), source(site, "/cham", "cham", every=dt.timedelta(hours=4)))
    await polls.polling.look()
    await polls.polling.until_idle()
    assert (await polls.state("cham")).next_at - (await polls.state()).next_at > dt.timedelta(hours=3)
    asked = len(site.asked)
    await polls.polling.look()
    await polls.polling.until_idle()
    assert len(site.asked) == asked
