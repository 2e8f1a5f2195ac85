"""Webhook delivery: in order, with the secret, again until it is taken, never beyond loopback."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest

from bot.emulator.client import Control


@dataclass
class Ear:
    """A server for the webhook; `statuses` are its next answers, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    calls: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)
    called: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        """Note secret and update."""
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.calls.append((secret, await request.json()))
        async with self.called:
            self.called.notify_all()
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    def texts(self) -> list[str]:
        """Return the texts of what was brought, in order."""
        return [update["message"]["text"] for _, update in self.calls if "message" in update]

    async def until(self, count: int) -> None:
        """Wait until so many calls came."""
        async with asyncio.timeout(10), self.called:
            await self.called.wait_for(lambda: len(self.calls) >= count)


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    """A server on a free port."""
    ear = Ear()
    application = web.Application()
    application.router.add_post("/tin", ear.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ear.url = f"http://127.0.0.1:{runner.addresses[0][1]}/tin"
    yield ear
    await runner.cleanup()


async def test_updates_are_brought_in_order_with_the_secret(
    bot: Bot, users: Control, an: int, ear: Ear
) -> None:
    await users.say(an, "trước")
    await bot.set_webhook(ear.url, secret_token="mat-khau_1")  # noqa: S106 - invented
    for number in range(5):
        await users.say(an, f"câu {number}")
    await ear.until(6)
    assert ear.texts() == ["trước", *(f"câu {number}" for number in range(5))]
    assert {secret for secret, _ in ear.calls} == {"mat-khau_1"}
    assert (await bot.get_webhook_info()).pending_update_count == 0


@pytest.mark.parametrize("status", [500, 403, 302, 404])
async def test_what_is_not_taken_comes_again_before_anything_else(
    bot: Bot, users: Control, an: int, ear: Ear, status: int
) -> None:
    ear.statuses = [status, status]
    await bot.set_webhook(ear.url)
    await users.say(an, "một")
    await users.say(an, "hai")
    await ear.until(4)
    assert ear.texts() == ["một", "một", "một", "hai"]
    info = await bot.get_webhook_info()
    assert f"Wrong response from the webhook: {status}" in str(info.last_error_message)


async def test_a_server_that_is_not_there_is_tried_until_it_is(
    bot: Bot, users: Control, an: int, ear: Ear, unused_tcp_port: int
) -> None:
    await bot.set_webhook(f"http://127.0.0.1:{unused_tcp_port}/")
    await users.say(an, "một")
    await asyncio.sleep(0.3)
    info = await bot.get_webhook_info()
    assert (info.pending_update_count, info.last_error_message) == (1, "Connection refused")
    await bot.set_webhook(ear.url)
    await ear.until(1)
    assert ear.texts() == ["một"]


async def test_an_answer_lost_after_acceptance_brings_the_update_twice(
    bot: Bot, users: Control, an: int, ear: Ear
) -> None:
    await users.post("fault", kind="cut_after", method="webhook")
    await bot.set_webhook(ear.url)
    await users.say(an, "một")
    await ear.until(2)
    assert ear.texts() == ["một", "một"]
    assert ear.calls[0][1]["update_id"] == ear.calls[1][1]["update_id"]


async def test_a_call_can_fail_before_it_arrives(bot: Bot, users: Control, an: int, ear: Ear) -> None:
    await users.post("fault", kind="cut_before", method="webhook", times=2)
    await bot.set_webhook(ear.url)
    await users.say(an, "một")
    await ear.until(1)
    await asyncio.sleep(0.1)
    assert ear.texts() == ["một"]
    assert (await users.get("stats"))["faults"] == {"cut_before": 2}


async def test_a_fault_for_any_method_is_for_the_bots_calls_alone(
    bot: Bot, users: Control, an: int, ear: Ear
) -> None:
    await bot.set_webhook(ear.url)
    await users.post("fault", kind="500")
    await users.say(an, "một")
    await ear.until(1)
    assert len((await users.get("fault"))["waiting"]) == 1


async def test_without_a_webhook_the_updates_wait_for_a_poll(
    bot: Bot, users: Control, an: int, ear: Ear
) -> None:
    await bot.set_webhook(ear.url)
    await users.say(an, "một")
    await ear.until(1)
    await bot.delete_webhook()
    await users.say(an, "hai")
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "hai"
    assert ear.texts() == ["một"]


async def test_a_reset_leaves_the_webhook_in_place(bot: Bot, users: Control, ear: Ear) -> None:
    await bot.set_webhook(ear.url)
    await users.post("reset")
    await users.say(await users.user("Bình"), "sau")
    await ear.until(1)
    assert ear.texts() == ["sau"]


async def test_other_machines_are_never_called(bot: Bot, users: Control, an: int) -> None:
    await bot.set_webhook("https://tin.example/hook")
    await users.say(an, "một")
    await asyncio.sleep(0.05)
    info = await bot.get_webhook_info()
    assert (info.pending_update_count, info.last_error_message) == (1, "The emulator calls this machine only")


async def test_a_secret_with_other_signs_is_refused(bot: Bot, ear: Ear) -> None:
    with pytest.raises(BadRequest, match="unallowed characters"):
        await bot.set_webhook(ear.url, secret_token="mật khẩu")  # noqa: S106 - invented
