"""Polling over time: moved addresses, restarts, messages to admins; a failing source delays no other."""

import asyncio
import datetime as dt
import gc
import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from bot.times.clock import Clock
from tests.bot.fetching.polls import DEADLINE, HOSTILE, Polls, Reply, item, rss, source, watch_turns


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Keep the garbage collector away: it would charge the test process's whole heap to one turn."""
    gc.disable()
    yield
    gc.enable()


async def test_a_host_that_hangs_delays_no_other(polls: Polls, make_site: Any, reply: Reply) -> None:
    async def never(_: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    hanging, good = await make_site(), await make_site()
    hanging.pages["/rss"], good.pages["/rss"] = never, reply(rss(item("Bến phà mở lại")))
    polls.declare(source(hanging, name="treo"), source(good))
    polls.deadline_seconds = 600.0  # longer than any load of the machine delays the good source
    await polls.polling.poll_due()
    await polls.polling._running["bao"]
    assert list(polls.polling._running) == ["treo"]
    assert await polls.titles() == ["Bến phà mở lại"]
    polls.deadline_seconds = DEADLINE
    await polls.restart()
    await polls.polling.poll_due()
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
    [told] = polls.admin_chat
    assert f"feed = &quot;{site.url}/moi&quot;" in told
    polls.declare(source(site, "/moi"))
    await polls.poll()
    assert ((await polls.state()).moved_to, len(polls.admin_chat)) == (None, 1)


async def test_what_was_told_is_not_told_again_after_a_restart(polls: Polls, site: Any, reply: Reply) -> None:
    site.pages["/rss"] = reply("", "410 Gone")
    polls.declare(source(site))
    for _ in range(3):
        await polls.poll()
        await polls.restart()
    assert len(polls.admin_chat) == 1
    assert "địa chỉ đã bị bỏ hẳn" in polls.admin_chat[0]


async def test_what_goes_wrong_together_is_told_together(polls: Polls, make_site: Any) -> None:
    site = await make_site()
    polls.declare(*(source(site, f"/{n}", f"bao-{n}", allows_private=False) for n in range(9)))
    await polls.poll()
    [told] = polls.admin_chat
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
    async with polls.services.database.write() as connection:
        await connection.execute(text("ALTER TABLE articles RENAME TO away"))
    await polls.poll()
    async with polls.services.database.write() as connection:
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
    await polls.polling.poll_due()
    await asyncio.sleep(0.1)
    await polls.restart()
    assert await polls.titles() == []
    await polls.poll()
    assert await polls.titles() == ["Bến phà mở lại"]


async def test_without_web_sources_nothing_is_opened(polls: Polls) -> None:
    await polls.polling.poll_due()
    assert polls.polling._fetcher is None


async def test_each_source_waits_for_its_own_time(polls: Polls, site: Any, reply: Reply) -> None:
    site.pages |= {"/rss": reply(rss(item("Bến phà mở lại"))), "/cham": reply(rss(item("Chợ họp sớm")))}
    polls.declare(source(site), source(site, "/cham", "cham", every=dt.timedelta(hours=4)))
    await polls.polling.poll_due()
    await polls.polling.until_idle()
    assert (await polls.state("cham")).next_at - (await polls.state()).next_at > dt.timedelta(hours=3)
    asked = len(site.asked)
    await polls.polling.poll_due()
    await polls.polling.until_idle()
    assert len(site.asked) == asked


async def test_a_clock_that_was_set_back_does_not_silence_a_source(
    polls: Polls, site: Any, reply: Reply
) -> None:
    site.pages["/rss"] = reply(rss(item("Bến phà mở lại")))
    polls.declare(source(site))
    await polls.poll()
    state = await polls.state("bao")
    assert state.tried_at is not None
    polls.services.clock = Clock(state.tried_at - dt.timedelta(hours=7), rate=1_000)
    asked = len(site.paths())
    await polls.polling.poll_due()
    await polls.polling.until_idle()
    assert len(site.paths()) == asked + 1
