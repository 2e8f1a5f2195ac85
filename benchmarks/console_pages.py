"""The console's pages over a newsroom with a long past: time on the server, size, first paint, pictures.

    python benchmarks/console_pages.py FOLDER [postgresql+asyncpg://…] [--deliveries N] [--asks 40] [--paint]

FOLDER keeps the database (or, with an address, only the index), so that a second run begins at once. With
`--paint` each page is also opened in Chromium at 360 and 1440 pixels, light and dark: its slowest first paint
of five is printed and a picture kept in FOLDER.

There are six sources with articles, 2,000 subscriptions, and issues whose deliveries come to the number asked
for, the last of them waiting. Printed are, a page, the median and the 95th percentile of the time that an
answer took on the server, of the processor's time for it (with the asking client and PostgreSQL, to 10 ms),
and the bytes. Times are upper bounds on a machine that does other things: its load is printed.
"""

import argparse
import asyncio
import datetime as dt
import os
import random
import statistics
import time
from pathlib import Path
from typing import Any

import aiohttp
from common import seconds_of, stat_of
from sqlalchemy import func, insert, literal, select

from bot.commands.newsroom_writing import newsroom_file
from bot.console.guard import BASE, make_link
from bot.console.site import Console
from bot.news.newsroom import Edition, Newsroom, Source, WebSource
from bot.news.services import Services
from bot.process.metrics import serve_health
from bot.times.clock import Clock
from bot.times.schedule import Schedule
from storage.articles import store_articles
from storage.engine import Database
from storage.intake.drafts import Incoming, Refusal
from storage.processing.article_turns import find_next
from storage.processing.processed import Findings, make_stories, save_work
from storage.profiles import Choices, join_profile
from storage.search.rebuild import keep_up
from storage.sources import record_refusals
from storage.tables import deliveries, issue_stories, issues, messages, subscribers
from storage.times import Published
from storage.upkeep.upgrade import upgrade
from summarizer.model import Place, sentence_at

ZONE = "Asia/Ho_Chi_Minh"
READERS, PROFILES, ARTICLES, SOURCES = 2_000, 20, 3_000, 6
PORT = 18_099
PATHS = (
    "", "/nguon", "/lich", "/lich/sua?ban=sang", "/lich/thu", "/so", "/so/LAST", "/so/dinh-chinh?tin=1",
    "/nguoi-nhan?so=1000", "/nguoi-nhan?so=1000&bai=1", "/thong-bao", "/tim?q=giá xăng", "/tim?q=bão",
    "/cach-ly", "/nhat-ky",
)  # fmt: skip
_SAID = (
    "giá xăng bão mưa Hà Nội bóng đá vàng học sinh bệnh viện phim ca sĩ công an tòa án đất lúa phà chợ cầu"
)
_WORDS = _SAID.split()
_FILE = """[[editions]]
name = "sang"
title = "Bản tin sáng"
times = ["06:45"]

[[editions]]
name = "toi"
title = "Bản tin tối"
times = ["18:30"]
"""
_TOPICS = {"thoi-su": "Thời sự", "kinh-te": "Kinh tế", "the-thao": "Thể thao"}


def newsroom(folder: Path) -> Newsroom:
    """Return a newsroom of six sources, three of them polled."""
    inboxes = [
        Source(f"bao-{n}", f"Báo Số {n}", "inbox", folder, ZONE, None, "full") for n in range(SOURCES // 2)
    ]
    polled = [
        WebSource(f"bao-{n}", f"Báo Số {n}", "feed", f"https://bao{n}.example/rss", ZONE, None, "full")
        for n in range(SOURCES // 2, SOURCES)
    ]
    edition = Edition("sang", "Bản tin sáng", Schedule((dt.time(6, 45),)), (), 3, dt.timedelta(hours=48))
    late = Edition("toi", "Bản tin tối", Schedule((dt.time(18, 30),)), (), 3, dt.timedelta(hours=48))
    return Newsroom(ZONE, (edition, late), (*inboxes, *polled), _TOPICS, {}, 90, dt.timedelta(hours=2), 5, 60)


async def fill(database: Database, now: dt.datetime, count: int) -> None:
    draw = random.Random(15)
    stories: list[int] = []
    for first in range(0, ARTICLES, 500):
        async with database.write() as connection:
            found = [_article(draw, number, now) for number in range(first, first + 500)]
            await store_articles(connection, found, now=now)
            for article in await find_next(connection, 500):
                stories.append((await make_stories(connection, 1, now=now))[0])
                sentence = sentence_at([article.document], Place(0, "sapo", 0, len(article.sapo)))
                await save_work(
                    connection, [Findings(article, (sentence.place,), stories[-1], "thoi-su")], now=now
                )
    profiles = []
    async with database.write() as connection:
        for hour in range(PROFILES):
            choices = Choices("sang" if hour % 2 else "toi", times=(f"{hour:02}:00",))
            due = now + dt.timedelta(hours=hour + 1)
            profiles.append(await join_profile(connection, choices, next_due_at=due, now=now))
        await connection.execute(insert(subscribers), [_reader(n, profiles, now) for n in range(READERS)])
        refused = [Refusal(f"https://bao3.example/{n}", "bài quá ngắn") for n in range(300)]
        await record_refusals(connection, "bao-3", refused, now=now)
    total = count // READERS
    for number in range(total):
        slot = now - dt.timedelta(hours=2 * (total - number) - 1)
        async with database.write() as connection:
            told = draw.sample(stories, 12)
            await _issue(connection, profiles[number % PROFILES], slot, told, is_last=number == total - 1)
    await keep_up(database)


def _article(draw: random.Random, number: int, now: dt.datetime) -> Incoming:
    title = " ".join(draw.choices(_WORDS, k=9)).capitalize()
    at = now - dt.timedelta(minutes=5 * number)
    sapo = " ".join(draw.choices(_WORDS, k=30)).capitalize() + "."
    body = "\n".join(" ".join(draw.choices(_WORDS, k=40)) + "." for _ in range(6))
    source = f"bao-{number % SOURCES}"
    return Incoming(
        f"key-{number}", f"bai-{number}", f"https://bao{number % SOURCES}.example/{number}", source,
        "thoi-su", title, sapo, body, Published(at), f"hash-{number}", advertorial=False,
        place=f"tin.jsonl:{number}", speaker=source,
    )  # fmt: skip


def _reader(number: int, profiles: list[int], now: dt.datetime) -> dict[str, Any]:
    past = now - dt.timedelta(days=60)
    return {
        "chat_id": 1_000 + number, "kind": "private", "status": "active" if number % 50 else "paused",
        "profile_id": profiles[number % PROFILES], "quiet_start": 1_320, "quiet_end": 390,
        "created_at": past, "changed_at": past, "joined_at": past,
    }  # fmt: skip


async def _issue(connection: Any, profile: int, slot: dt.datetime, told: list[int], *, is_last: bool) -> None:
    issue = {"profile_id": profile, "edition": "sang", "slot_at": slot, "status": "made", "made_at": slot}
    made = insert(issues).values(issue | {"window_start": slot - dt.timedelta(days=1)}).returning(issues.c.id)
    issue_id = (await connection.execute(made)).scalar_one()
    titles = [f"Tin số {story}: giá xăng và chợ phà" for story in told]
    rows = [
        {"issue_id": issue_id, "position": place, "story_id": story, "part": 0, "headline": title}
        for place, (story, title) in enumerate(zip(told, titles, strict=True))
    ]
    await connection.execute(insert(issue_stories), rows)
    html = "\n\n".join(f'<b>{title}</b>\n<a href="https://bao.example">Báo</a> tin dài.' for title in titles)
    values = {"kind": "digest", "html": html, "buttons": [], "issue_id": issue_id, "part": 0, "made_at": slot}
    sent = insert(messages).values(values).returning(messages.c.id)
    message_id = (await connection.execute(sent)).scalar_one()
    status = "pending" if is_last else "sent"
    fields = ["message_id", "subscriber_id", "status", "not_before", "tries", "changed_at"]
    moment = literal(slot, deliveries.c.not_before.type)
    picked = select(
        literal(message_id), subscribers.c.id, literal(status), moment, literal(int(not is_last)), moment
    )
    await connection.execute(insert(deliveries).from_select(fields, picked))


async def main(arguments: argparse.Namespace) -> None:
    folder: Path = arguments.folder
    url = arguments.url or f"sqlite+aiosqlite:///{folder / 'console.db'}"
    database, clock = Database(url, folder / "index"), Clock()
    await upgrade(database, now=clock.now())
    async with database.read() as connection:
        stored = (await connection.execute(select(func.count()).select_from(subscribers))).scalar_one()
    if not stored:
        await fill(database, clock.now(), arguments.deliveries)
    async with database.read() as connection:
        count = (await connection.execute(select(func.count()).select_from(deliveries))).scalar_one()
        last = (await connection.execute(select(func.max(issues.c.id)))).scalar_one()
    print(f"{count} deliveries on {database.place}; load {os.getloadavg()[0]:.1f}")
    services = Services(database, clock, newsroom(folder), frozenset({1}))
    services.file = newsroom_file(folder / "diemtin.toml", _adopt)
    origin = f"http://127.0.0.1:{PORT}"
    console = Console(services, origin, _nothing_wrong)
    runner = await serve_health("127.0.0.1", PORT, _nothing_wrong, dict, {BASE: console.application()})
    paths = [path.replace("LAST", str(last)) for path in PATHS]
    try:
        if arguments.asks:
            await ask(database, origin, paths, arguments.asks)
        if arguments.paint:
            await paint(database, origin, paths, folder)
    finally:
        await runner.cleanup()
        await database.close()


async def _nothing_wrong() -> list[str]:
    return []


async def _adopt(*_: object) -> None:
    """Take nothing over: nothing is written here."""


async def ask(database: Database, origin: str, paths: list[str], asks: int) -> None:
    """Ask for each page so many times and print what it took."""
    for path in paths:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            code = (await make_link(database, origin, 1)).partition("ma=")[2]
            await session.post(f"{origin}{BASE}/vao", data={"ma": code}, headers={"Origin": origin})
            cpu, wall, size = [], [], 0
            for _ in range(asks):  # a session may ask for 120 pages a minute
                before, began = _cpu_seconds(database.place), time.perf_counter()
                async with session.get(f"{origin}{BASE}{path}") as answer:
                    size = len(await answer.read())
                    assert answer.status == 200, (path, answer.status)
                cpu.append(1_000 * (_cpu_seconds(database.place) - before))
                wall.append(1_000 * (time.perf_counter() - began))
        print(
            f"{path or '/':28} wall p50 {statistics.median(wall):5.0f} p95 {_p95(wall):5.0f} ms"
            f"   cpu p50 {statistics.median(cpu):5.0f} p95 {_p95(cpu):5.0f} ms   {size / 1_000:5.1f} kB",
            flush=True,
        )
    print(f"load {os.getloadavg()[0]:.1f}")


def _cpu_seconds(place: str) -> float:
    """Return the processor's time of this process and of PostgreSQL's for this database, if it runs here."""
    name = place.rpartition("/")[2]
    return time.process_time() + sum(_seconds_of(one, name) for one in Path("/proc").glob("[0-9]*"))


def _seconds_of(process: Path, database: str) -> float:
    try:
        if f"postgres: postgres {database} " not in (process / "cmdline").read_text(errors="replace"):
            return 0.0
    except OSError:
        return 0.0
    return seconds_of(stat_of(process))


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


async def paint(database: Database, origin: str, paths: list[str], folder: Path) -> None:
    """Open each page in Chromium; print its first paint and keep a picture."""
    from playwright.async_api import async_playwright

    timing = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for width in (360, 1_440):
            page = await chromium.new_page()
            await page.goto(await make_link(database, origin, 1))
            await page.get_by_role("button", name="Vào").click()
            logged_in = await page.context.storage_state()  # a session may ask for 120 pages a minute
            for scheme in ("light", "dark"):
                context = await chromium.new_context(
                    viewport={"width": width, "height": 800}, color_scheme=scheme, storage_state=logged_in
                )
                page = await context.new_page()
                for number, path in enumerate(paths):
                    first = []
                    for _ in range(5 if scheme == "light" else 1):
                        answer = await page.goto(f"{origin}{BASE}{path}")
                        assert answer, path
                        assert answer.ok, path
                        painted = await page.wait_for_function(timing)
                        first.append(float(await painted.json_value()))
                    await page.screenshot(path=folder / f"{number:02}-{width}-{scheme}.png", full_page=True)
                    if scheme == "light":
                        print(
                            f"{path or '/':28} {width} first paint {max(first):5.0f} ms at most", flush=True
                        )
                await context.close()
        await chromium.close()
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("url", nargs="?")
    parser.add_argument("--deliveries", type=int, default=1_000_000)
    parser.add_argument("--asks", type=int, default=40)
    parser.add_argument("--paint", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    (given.folder / "diemtin.toml").write_text(_FILE, encoding="utf-8")
    asyncio.run(main(given))
