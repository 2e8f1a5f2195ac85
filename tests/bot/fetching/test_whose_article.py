"""Polled sources that link to other papers, share links, or give too many items."""

from typing import Any

from storage.sources import find_refusals
from tests.bot.fetching.polls import Polls, Reply, item, rss, source

TRUE = "Bến phà mở lại sau ba tháng sửa chữa, đón chuyến khách đầu tiên vào sáng nay."
INVENTED = "Bến phà đóng cửa vĩnh viễn, hàng nghìn người dân không còn đường sang sông."


async def test_a_feed_that_names_another_papers_link_never_changes_that_papers_article(
    polls: Polls, site: Any, make_site: Any, reply: Reply
) -> None:
    stranger, link = await make_site(), f"{site.url}/tin-1.html"
    by_name = stranger.url.replace("127.0.0.1", "localhost")  # another host
    site.pages["/rss"] = reply(rss(item("Bến phà", TRUE, link=link)))
    polls.declare(source(site), source(stranger, name="la", url=f"{by_name}/rss"))
    for number in range(3):
        stranger.pages["/rss"] = reply(rss(item("Bến phà", f"{INVENTED} Lần {number}.", link=link)))
        await polls.poll()
    own, others = sorted(await polls.articles(), key=lambda one: one.source)
    assert (own.source, own.sapo, own.version) == ("bao", TRUE, 1)
    assert (others.source, others.url, others.version) == ("la", link, 3)
    assert ((await polls.state("bao")).elsewhere, (await polls.state("la")).elsewhere) == (0, 1)
    told = [text for text in polls.admin_chat if "dẫn sang trang của báo khác" in text]
    assert len(told) == 1
    assert "Báo la" in told[0]


async def test_feeds_of_one_paper_share_an_article_and_do_not_pile_up_versions(
    polls: Polls, site: Any, reply: Reply
) -> None:
    polls.declare(source(site), source(site, "/the-thao", name="the-thao"))
    link = f"{site.url}/tin-1.html"
    for number in range(4):  # something else changes each time, so that the answers are read
        more = item(f"Chợ họp sớm {number}", link=f"{site.url}/{number}")
        site.pages["/rss"] = reply(rss(item("Bến phà", TRUE, link=link), more))
        site.pages["/the-thao"] = reply(rss(item("Bến phà", INVENTED, link=link), more))
        await polls.poll()
    [article] = [one for one in await polls.articles() if one.title == "Bến phà"]
    assert article.version == 1


async def test_of_a_feed_beyond_measure_the_newest_items_are_taken_and_the_rest_is_told_once(
    polls: Polls, site: Any, reply: Reply
) -> None:
    def many(count: int) -> str:
        dated = [f"Mon, 02 Mar 2026 00:{n // 60:02}:{n % 60:02} +0700" for n in range(count)]
        return rss(
            *(item(f"Tin số {n}", link=f"{site.url}/{n}", pubDate=at) for n, at in enumerate(dated, start=1))
        )

    polls.declare(source(site))
    for extra in range(3):
        site.pages["/rss"] = reply(many(700 + extra))
        await polls.poll()
    numbers = {int(title.removeprefix("Tin số ")) for title in await polls.titles()}
    assert numbers == set(range(201, 703))
    assert (await polls.state()).left_out == 202
    async with polls.services.database.read() as connection:
        [(_, place, reason, _)] = await find_refusals(connection)
    assert (place, reason) == (f"{site.url}/rss", "feed có 702 bài một lần, chỉ đọc 500 bài mới nhất")
    assert len([text for text in polls.admin_chat if "quá nhiều bài một lần" in text]) == 1
    site.pages["/rss"] = reply(many(20))
    await polls.poll()
    assert (await polls.state()).left_out == 0
    assert len([text for text in polls.admin_chat if "không còn trả về quá nhiều" in text]) == 1
