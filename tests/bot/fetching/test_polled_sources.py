"""Polled sources from server to database: every good item comes in once, also beside faulty sources."""

from dataclasses import replace
from typing import Any

import pytest

from storage.figures import find_figures
from tests.bot.fetching.polls import HOSTILE, LEAD, Polls, Reply, item, page, rss, source


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
    assert ((await polls.state("hong")).trouble, len(polls.admin_chat)) == ("unreadable", 1)
    bad.pages["/rss"] = reply(rss(item("Bến phà mở lại")))
    await polls.poll(times=2)
    assert await polls.titles() == ["Bến phà mở lại", "Chợ họp sớm"]
    assert [text.split()[0] for text in polls.admin_chat] == ["⚠️", "✓"]


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


async def test_figures_at_an_address_are_kept_and_a_broken_answer_leaves_them(
    polls: Polls, site: Any, reply: Reply
) -> None:
    gold = '[{"name": "Vàng SJC", "value": 152.5, "unit": "triệu", "time": "2026-01-05T08:30:00+07:00"}]'
    site.pages["/rss"] = reply(gold)
    polls.declare(replace(source(site), kind="figures", quote="none"))
    await polls.poll()
    site.pages["/rss"] = reply("<html>bảo trì</html>")
    await polls.poll()
    async with polls.services.database.read() as connection:
        [kept] = await find_figures(connection)
    assert (kept.source, kept.figure.value) == (source(site).name, "152,5")
    assert (await polls.state()).trouble == "unreadable"
    assert await polls.articles() == []
