"""How polled feeds write times: the order is proved once and remembered; admins hear of useless times."""

import datetime as dt
from typing import Any

from storage.intake.date_text import DateOrder
from tests.bot.fetching.polls import Polls, Reply, item, rss, source


def _dated(*times: str) -> str:
    return rss(
        *(item(f"Bến phà số {at} mở lại", guid=str(at), pubDate=time) for at, time in enumerate(times))
    )


def _day(polls: Polls, *, days: int = 0) -> dt.datetime:
    return polls.services.clock.now().astimezone(dt.timezone(dt.timedelta(hours=7))) - dt.timedelta(days=days)


async def test_the_order_that_a_feed_proved_is_remembered_over_a_restart(
    polls: Polls, site: Any, reply: Reply
) -> None:
    site.pages["/rss"] = reply(_dated("6/24/2013 9:25:00 AM"))
    polls.declare(source(site))
    await polls.poll()
    await polls.restart()
    site.pages["/rss"] = reply(_dated("6/24/2013 9:25:00 AM", "2/3/2013 9:25:00"))
    await polls.poll()
    assert (await polls.state()).date_order is DateOrder.MONTH_FIRST
    months = sorted(article.published.at.month for article in await polls.articles() if article.published)
    assert months == [2, 6]


async def test_admins_hear_once_of_a_feed_whose_items_are_all_old(
    polls: Polls, site: Any, reply: Reply
) -> None:
    polls.declare(source(site))
    for day in ("01", "02"):
        site.pages["/rss"] = reply(_dated(*(f"{day}/02/2010 09:0{minute}" for minute in range(4))))
        await polls.poll()
    assert [text for text in polls.admin_chat if "cũ hơn một tháng" in text] == polls.admin_chat[:1]


async def test_admins_hear_of_a_feed_without_times_and_that_they_are_back(
    polls: Polls, site: Any, reply: Reply
) -> None:
    site.pages["/rss"] = reply(_dated("5 giờ trước", "2 giờ trước", "hôm qua"))
    polls.declare(source(site))
    await polls.poll()
    assert "không bài mới nào có giờ đăng đọc được" in polls.admin_chat[0]
    site.pages["/rss"] = reply(_dated(*(f"{_day(polls, days=days):%d/%m/%Y %H:%M}" for days in range(4))))
    await polls.poll()
    assert "đã đúng lại" in polls.admin_chat[-1]


async def test_admins_hear_of_a_feed_whose_items_all_lie_ahead(polls: Polls, site: Any, reply: Reply) -> None:
    times = [f"{_day(polls, days=-400 - days):%d/%m/%Y %H:%M}" for days in range(3)]
    site.pages["/rss"] = reply(_dated(*times))
    polls.declare(source(site))
    await polls.poll()
    assert "tương lai" in polls.admin_chat[0]
