"""Polled pages, and those behind a feed's leads, from server to database."""

from typing import Any

import pytest

from tests.bot.fetching.polls import BODY, LEAD, Polls, Reply, item, page, rss, source


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


FRONT = "<h1>Báo Biển</h1>" + "".join(
    f'<div><h3><a href="/{n}.html">Bến phà mở lại sau {n} tháng chờ</a></h3><p>{LEAD} {BODY}</p></div>'
    for n in range(2, 12)
)
GONE = (
    "<html><title>Bến phà mở lại</title><h1>Rất tiếc</h1><p>Bài viết bạn tìm đã bị gỡ hoặc không tồn tại.</p>"
)
ELSEWHERE = '<link rel="canonical" href="https://khac.example/ben-pha-1.html">'
ANOTHER = '<link rel="canonical" href="/chuyen-khac-ve-cho-noi.html">'


@pytest.mark.parametrize(
    "pages",
    [
        {"/1": ("", "302 Found", "/"), "/": (f"<title>Báo Biển</title>{FRONT}", "200 OK", "")},
        {"/1": ("", "301 Moved", "/muc/"), "/muc/": (f"<title>Mục</title>{FRONT}", "200 OK", "")},
        {"/1": ("", "302 Found", "/"), "/": ("", "302 Found", "/1")},
        {"/1": ("", "302 Found", "/"), "/": (page(), "200 OK", "")},
        {"/1": (GONE, "200 OK", "")},
        {"/1": (page("Giá rau ở chợ đầu mối giảm một nửa"), "200 OK", "")},
        {"/1": (page().replace("<title>", f"{ELSEWHERE}<title>"), "200 OK", "")},
        {"/1": (page().replace("<title>", f"{ANOTHER}<title>"), "200 OK", "")},
        {"/1": (page() + "<!-- -->" * 2_500_000, "200 OK", "")},
        {"/1": ("<div>" * 100_000 + page(), "200 OK", "")},
    ],
    ids=[
        "front",
        "section",
        "loop",
        "at-front",
        "gone",
        "another",
        "elsewhere",
        "canonical",
        "20MB",
        "nested",
    ],
)
async def test_a_page_that_is_not_the_leads_article_leaves_the_lead(
    polls: Polls, site: Any, reply: Reply, pages: dict[str, tuple[str, str, str]]
) -> None:
    site.pages["/rss"] = reply(rss(item("Bến phà mở lại", link=f"{site.url}/1")))
    for path, (text, status, location) in pages.items():
        kind = {"Content_Type": "text/html; charset=utf-8"}
        site.pages[path] = reply(text, status, **kind, **({"Location": location} if location else {}))
    polls.declare(source(site, full_text=True))
    await polls.poll()
    [article] = await polls.articles()
    assert (article.title, article.sapo, article.body) == ("Bến phà mở lại", LEAD, "")
    assert await polls.refused() == []
    assert (await polls.state()).failures == 0


async def test_a_page_that_moved_for_good_is_read_where_it_lives_now(
    polls: Polls, site: Any, reply: Reply
) -> None:
    moved = page().replace("<title>", '<link rel="canonical" href="/ten-moi.html"><title>')
    site.pages |= {
        "/rss": reply(rss(item("Bến phà mở lại", link=f"{site.url}/1"))),
        "/1": reply("", "301 Moved", Location="/ten-moi.html"),
        "/ten-moi.html": reply(moved, Content_Type="text/html; charset=utf-8"),
    }
    polls.declare(source(site, full_text=True))
    await polls.poll()
    [article] = await polls.articles()
    assert article.body.startswith("Chuyến phà đầu tiên")


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
    monkeypatch.setattr("bot.jobs.sources.source_reading._MOST_PAGES", 2)
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
