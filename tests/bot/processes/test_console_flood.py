"""A console that is flooded while an announcement goes to all delays no reader's answer."""

import asyncio
import datetime as dt
import re
import time
from itertools import cycle

import aiohttp
import pytest

from bot.emulator.client import Control
from bot.times.clock import Clock
from storage.engine import Database
from storage.profiles import Choices, join_profile
from storage.subscribers import subscribe
from tests.bot.processes.conftest import ADMIN, NEWSROOM, Run, Start, is_polling, until

READERS, ASKS, SESSIONS, AT_ONCE = 1_500, 20, 8, 24
PATHS = ("", "/so", "/nguon", "/tim?q=giá xăng", "/lich", "/nguoi-nhan?so=100000")


async def seconds_to_answer(hands: Control, chats: list[int]) -> list[float]:
    """Ask from one chat after the other; return how long each answer took, in order of length."""
    found = []
    for chat in chats:
        began = time.monotonic()
        assert await hands.ask(chat, "giá xăng hôm nay", timeout=60)
        found.append(time.monotonic() - began)
    return sorted(found)


async def add_readers(run: Run, hands: Control) -> None:
    database = Database(f"sqlite+aiosqlite:///{run.folder / 'diemtin.db'}", run.folder / "index")
    try:
        async with database.write() as connection:
            now = Clock().now()
            due = now + dt.timedelta(hours=9)
            profile = await join_profile(connection, Choices("sang"), next_due_at=due, now=now)
            for number in range(READERS):
                await subscribe(connection, 100_000 + number, kind="private", profile_id=profile, now=now)
    finally:
        await database.close()
    for number in range(READERS):
        await hands.user("Bạn", id=100_000 + number, started=True)


async def log_in(hands: Control, session: aiohttp.ClientSession, origin: str) -> None:
    """Use a link that the bot sends to its operator."""
    [state] = await hands.ask(ADMIN, "/quantri")
    await hands.tap(ADMIN, "Bảng điều khiển")
    [told] = await hands.wait(ADMIN, after=state["message_id"])
    code = re.search(r"ma=([\w-]+)", told["text"])
    assert code is not None, told
    answer = await session.post(
        f"{origin}/bang/vao", data={"ma": code[1]}, headers={"Origin": origin}, allow_redirects=False
    )
    assert answer.status == 303


async def announce(session: aiohttp.ClientSession, origin: str) -> None:
    """Tell all readers something."""
    page = await (await session.get(f"{origin}/bang/thong-bao")).text()
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf is not None
    form, headers = {"csrf": csrf[1], "chu": "Mai bot nghỉ một giờ."}, {"Origin": origin}
    seen = await (await session.post(f"{origin}/bang/thong-bao/xem", data=form, headers=headers)).text()
    number = re.search(r"/thong-bao/([0-9]+)/gui", seen)
    assert number is not None
    sent = await session.post(
        f"{origin}/bang/thong-bao/{number[1]}/gui", data={"csrf": csrf[1]}, headers=headers
    )
    assert sent.status == 200


@pytest.mark.faults
@pytest.mark.timeout(400)
async def test_a_flooded_console_delays_no_answer_while_all_are_told_something(
    start: Start, server: str, hands: Control, unused_tcp_port: int
) -> None:
    origin = f"http://127.0.0.1:{unused_tcp_port}"
    newsroom = f'[health]\nhost = "127.0.0.1"\nport = {unused_tcp_port}\n\n{NEWSROOM}'
    await hands.user("Quản trị", id=ADMIN, started=True)
    asking = [await hands.user("An", id=70_000 + n, started=True) for n in range(2 * ASKS + 1)]
    sessions = [aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) for _ in range(SESSIONS)]
    async with start(server, newsroom=newsroom) as run:
        await until(lambda: is_polling(hands))
        await add_readers(run, hands)
        for session in sessions:
            await log_in(hands, session, origin)
        await seconds_to_answer(hands, asking[:1])
        await announce(sessions[0], origin)
        before = await seconds_to_answer(hands, asking[1 : ASKS + 1])
        statuses: list[int] = []

        async def flood(number: int) -> None:
            for path in cycle(PATHS):
                async with sessions[number % SESSIONS].get(f"{origin}/bang{path}") as answer:
                    await answer.read()
                    statuses.append(answer.status)

        flooding = [asyncio.create_task(flood(number)) for number in range(AT_ONCE)]
        flooded = await seconds_to_answer(hands, asking[ASKS + 1 :])
        for task in flooding:
            task.cancel()
        await asyncio.gather(*flooding, return_exceptions=True)
        for session in sessions:
            await session.close()
        assert 200 in statuses
        assert set(statuses) <= {200, 429}
        assert (await run.stop())[0] == 0
    p95 = round(0.95 * ASKS) - 1
    print(f"p95 {before[p95]:.2f} s, flooded {flooded[p95]:.2f} s, {len(statuses)} pages asked for")
    assert flooded[p95] < max(2 * before[p95], before[p95] + 0.5)
