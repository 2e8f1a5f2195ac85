"""`diemtin run` as a process of its own, against the emulator as another one."""

import asyncio
import json
import os
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from bot.emulator.client import Control, control, emulator_process
from bot.operators import notices
from tests.bot.processes.conftest import (
    ADMIN,
    NEWSROOM,
    TOKEN,
    Start,
    calls_of,
    is_polling,
    until,
    until_called,
)

ARTICLE = {
    "title": "Cầu mới ở Bến Lở thông xe sáng nay",
    "sapo": "Cây cầu dài hai trăm mét nối hai bờ sông, bà con không còn phải đi đò.",
    "body": "Từ sáng sớm người dân hai bên bờ đã ra xem. Xe máy và xe tải nhẹ được qua cầu không mất phí.",
}


async def test_it_answers_takes_articles_in_and_ends_when_asked(
    start: Start, server: str, hands: Control
) -> None:
    an = await hands.user("An")
    async with start(server, DIEMTIN_CLOCK_RATE="10") as run:  # it looks for files every two seconds
        await until(lambda: is_polling(hands))
        [welcome, *_] = await hands.ask(an, "/start", count=2)
        assert "Bản tin sáng" in welcome["text"]
        article = run.folder / "tin-vao" / "bai.jsonl"
        article.write_text(json.dumps(ARTICLE), encoding="utf-8")
        os.utime(article, (1_700_000_000, 1_700_000_000))

        async def is_found() -> bool:
            [answer] = await hands.ask(an, "ben lo")
            await asyncio.sleep(0.3)
            return "Cầu mới ở Bến Lở" in answer["text"]

        await until(is_found, within=60)
        code, log = await run.stop()
    assert code == 0, log
    assert "Traceback" not in log


async def test_an_update_at_hand_when_it_is_killed_is_answered_by_the_next(
    start: Start, server: str, hands: Control
) -> None:
    an = await hands.user("An", started=True)
    async with start(server) as run:
        await until(lambda: is_polling(hands))
        await hands.post("fault", kind="hang", method="sendMessage", seconds=30)
        await hands.say(an, "/trogiup")
        await until_called(hands, "getUpdates", 1)
        await asyncio.sleep(1)
        await run.kill()
    await hands.delete("fault")
    begun = await calls_of(hands, "deleteWebhook")
    async with start(server) as run:
        await until_called(hands, "deleteWebhook", begun + 1)  # it has started, however long that took
        answers = await hands.wait(an, timeout=20)
        await run.stop()
    assert len(answers) == 1


@pytest.mark.parametrize("when", ["at the start", "later"])
async def test_a_refused_token_ends_it_with_one_clear_line_and_no_token_in_the_log(
    start: Start, server: str, hands: Control, when: str
) -> None:
    if when == "at the start":
        await hands.post("token", token=TOKEN)
    async with start(server, "--verbose") as run:
        if when == "later":
            await until(lambda: is_polling(hands))
            await hands.post("token", token=TOKEN)
            await hands.say(await hands.user(), "/start")  # ends the poll under way
        code, log = await run.ended(within=40)
    assert code == 1
    assert log.count("Telegram từ chối token (401)") == 1
    assert "\n✗ Telegram từ chối token (401)" in log
    assert TOKEN not in log
    assert TOKEN.partition(":")[2] not in log


async def test_a_second_poller_is_named_in_the_log(start: Start, server: str, hands: Control) -> None:
    async with start(server) as run:
        await until(lambda: is_polling(hands))
        async with aiohttp.ClientSession() as session:
            for _ in range(3):
                await session.get(f"{server}/bot{TOKEN}/getUpdates", params={"timeout": 1})
        code, log = await run.stop()
    assert code == 0
    assert "một tiến trình khác đang nhận tin với cùng token (409)" in log


async def test_a_server_that_is_down_at_the_start_is_waited_for(start: Start, unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with start(url) as run:
        await run.until_logged("Telegram does not answer")
        async with emulator_process(port=unused_tcp_port), control(url) as hands:
            an = await hands.user("An")
            await until(lambda: is_polling(hands))
            assert await hands.ask(an, "/start")
            assert (await run.stop())[0] == 0


async def test_it_ends_when_asked_though_no_server_answers(start: Start, unused_tcp_port: int) -> None:
    async with start(f"http://127.0.0.1:{unused_tcp_port}") as run:
        await run.until_logged("Telegram does not answer")
        code, _ = await run.stop()
    assert code == 0


async def test_it_ends_when_asked_though_the_server_hangs(start: Start, server: str, hands: Control) -> None:
    an = await hands.user("An", started=True)
    async with start(server) as run:
        await until(lambda: is_polling(hands))
        await hands.post("fault", kind="hang", times=100, seconds=60)
        await hands.say(an, "/trogiup")
        await asyncio.sleep(0.5)
        code, _ = await run.stop()
    assert code == 0


async def test_it_ends_without_a_traceback_though_the_server_has_vanished(start: Start) -> None:
    async with AsyncExitStack() as server:
        url = await server.enter_async_context(emulator_process())
        async with control(url) as hands, start(url) as run:
            await until(lambda: is_polling(hands))
            await server.aclose()
            code, log = await run.stop()
    assert code == 0
    assert "Traceback" not in log


async def test_a_server_without_set_up_calls_is_good_enough(
    start: Start, server: str, hands: Control
) -> None:
    an = await hands.user("An")
    for method in ("setMyCommands", "setMyDescription", "setMyShortDescription"):
        await hands.post("fault", kind="400", description="not here", method=method, times=100)
    async with start(server) as run:
        await until(lambda: is_polling(hands))
        assert await hands.ask(an, "/start")
        await until_called(hands, "setMyDescription", 2)
        code, log = await run.stop()
    assert code == 0
    assert "commands not registered" in log


async def test_health_and_metrics_are_served_where_configured(
    start: Start, server: str, hands: Control, unused_tcp_port: int
) -> None:
    async with start(server, newsroom=f"{NEWSROOM}\n[health]\nport = {unused_tcp_port}\n") as run:
        await until(lambda: is_polling(hands))
        await until_called(hands, "setMyCommands")
        async with aiohttp.ClientSession(f"http://127.0.0.1:{unused_tcp_port}") as session:
            async with session.get("/healthz") as answer:
                health: Any = await answer.json()
                assert (answer.status, health["ok"], health["problems"]) == (200, True, [])
                assert health["bot"] == TOKEN.partition(":")[0]
                assert health["username"]
            async with session.get("/metrics") as answer:
                assert "diemtin_deliveries_waiting" in await answer.text()
        assert (await run.stop())[0] == 0


async def test_a_taken_health_port_does_not_keep_readers_from_their_news(
    start: Start, server: str, hands: Control
) -> None:
    port = server.rpartition(":")[2]
    an = await hands.user("An")
    admin = await hands.user("Quản trị", id=ADMIN, started=True)
    async with start(server, newsroom=f"{NEWSROOM}\n[health]\nport = {port}\n") as run:
        await until(lambda: is_polling(hands))
        assert await hands.ask(an, "/start")
        [told] = await hands.wait(admin)
        code, log = await run.stop()
    assert code == 0
    assert f"cổng 127.0.0.1:{port} đã có chương trình khác dùng" in told["text"]
    assert notices.health_port_taken("127.0.0.1", int(port)) in log
