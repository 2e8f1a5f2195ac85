"""`diemtin run` in webhook mode: a reader's first steps, a kill in between, and the way back to polling."""

import asyncio

from bot.emulator.client import Control
from tests.bot.processes.conftest import NEWSROOM, Start, is_polling, until, until_called

SECRET = "bi-mat-cua-phep-thu_1"  # noqa: S105 - invented


def webhook_at(port: int) -> dict[str, str]:
    """Return the environment of a bot that Telegram calls at `port`."""
    return {
        "DIEMTIN_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
        "DIEMTIN_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
        "DIEMTIN_WEBHOOK_SECRET": SECRET,
    }


async def test_a_reader_starts_sets_a_time_asks_and_leaves_over_a_webhook(
    start: Start, server: str, hands: Control, unused_tcp_port: int
) -> None:
    an = await hands.user("An")
    await hands.say(an, "/start")  # before there is any webhook: kept for it
    async with start(server, "--verbose", **webhook_at(unused_tcp_port)) as run:
        await until_called(hands, "setWebhook")  # it has started, however long that took
        [welcome, *_] = await hands.wait(an, count=2, timeout=30)
        assert "Bản tin sáng" in welcome["text"]
        [settled] = await hands.ask(an, "/lich 20:00")
        assert "20:00" in settled["text"]
        await hands.tap(an, "Chủ đề", message_id=settled["message_id"], wait_seconds=5)
        assert (await hands.ask(an, "giá xăng"))[0]["text"]
        [sure] = await hands.ask(an, "/xoadulieu")
        await hands.tap(an, "Xóa hết", message_id=sure["message_id"], wait_seconds=5)
        code, log = await run.stop()
    assert code == 0, log
    assert "Traceback" not in log
    assert SECRET not in log
    assert "getUpdates" not in (await hands.get("stats"))["methods"]


async def test_what_comes_while_it_is_down_is_answered_once_after_a_kill_and_by_polling_too(
    start: Start, server: str, hands: Control, unused_tcp_port: int
) -> None:
    an = await hands.user("An", started=True)
    async with start(server, **webhook_at(unused_tcp_port)) as run:
        await until_called(hands, "setWebhook")
        await hands.post("fault", kind="hang", method="sendMessage", seconds=30)
        await hands.say(an, "/trogiup")
        await until_called(hands, "setMyCommands")
        await asyncio.sleep(1)
        await run.kill()
    await hands.delete("fault")
    await hands.say(an, "/trogiup")
    async with start(server) as run:
        await until(lambda: is_polling(hands))
        assert len(await hands.wait(an, count=3, timeout=5)) == 2
        assert (await run.stop())[0] == 0


async def test_a_taken_port_ends_it_with_one_clear_line(start: Start, server: str, hands: Control) -> None:
    port = int(server.rpartition(":")[2])
    async with start(server, newsroom=NEWSROOM, **webhook_at(port)) as run:
        code, log = await run.ended()
    assert code == 1
    assert f"DIEMTIN_WEBHOOK_LISTEN: không mở được 127.0.0.1:{port}" in log
    assert "Traceback" not in log
