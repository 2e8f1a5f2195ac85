"""How updates reach the bot: long polling, offsets, conflicts, webhooks."""

import asyncio

import pytest
from telegram import Bot
from telegram.error import BadRequest, Conflict

from bot.emulator.api import Emulator
from bot.emulator.client import Control


async def test_a_poll_waits_for_the_first_update(bot: Bot, users: Control, an: int) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.05)
    assert not poll.done()
    said = await users.say(an, "chào")
    (update,) = await poll
    assert (update.update_id, update.effective_message and update.effective_message.text) == (
        said["update_id"],
        "chào",
    )


async def test_a_poll_without_news_comes_back_empty(bot: Bot) -> None:
    assert await bot.get_updates(timeout=1) == ()


async def test_updates_come_again_until_their_offset_is_confirmed(bot: Bot, users: Control, an: int) -> None:
    ids = [(await users.say(an, text))["update_id"] for text in "abc"]
    assert [update.update_id for update in await bot.get_updates()] == ids
    assert [update.update_id for update in await bot.get_updates(limit=2)] == ids[:2]
    assert [update.update_id for update in await bot.get_updates(offset=ids[2])] == ids[2:]
    assert [update.update_id for update in await bot.get_updates()] == ids[2:]
    assert await bot.get_updates(offset=ids[2] + 1) == ()
    assert (await users.get("stats"))["updates"] == {"queued": 3, "confirmed": 3, "pending": 0}


async def test_a_negative_offset_keeps_the_newest(bot: Bot, users: Control, an: int) -> None:
    ids = [(await users.say(an, text))["update_id"] for text in "abc"]
    assert [update.update_id for update in await bot.get_updates(offset=-1)] == ids[2:]
    assert [update.update_id for update in await bot.get_updates()] == ids[2:]


async def test_the_older_of_two_pollers_gets_the_conflict(
    bot: Bot, emulator: Emulator, users: Control, an: int
) -> None:
    async with Bot(bot.token, base_url=f"{emulator.url}/bot") as second:
        older = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.sleep(0.05)
        newer = asyncio.create_task(second.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure that only one"):
            await older
        await users.say(an, "chào")
        assert len(await newer) == 1


async def test_kinds_that_were_not_asked_for_are_not_queued(bot: Bot, users: Control, an: int) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    assert (await users.say(an, "chào"))["update_id"] is None
    await bot.get_updates()  # the last choice holds
    assert (await users.say(an, "chào"))["update_id"] is None
    await bot.get_updates(allowed_updates=[])
    assert (await users.say(an, "chào"))["update_id"] is not None


async def test_a_webhook_shuts_polling_out(bot: Bot, users: Control, an: int) -> None:
    await users.say(an, "chào")
    await bot.set_webhook("https://tin.example/hook", allowed_updates=["message"])
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.allowed_updates) == (
        "https://tin.example/hook",
        1,
        ("message",),
    )
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_a_webhook_needs_https(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="an https url must be provided"):
        await bot.set_webhook("http://tin.example/hook")


async def test_a_raw_update_arrives_as_given_even_twice(bot: Bot, users: Control) -> None:
    update = {
        "update_id": 200_000_000,
        "poll_answer": {"poll_id": "1", "option_ids": [0], "option_persistent_ids": []},
    }
    await users.post("update", update=update)
    await users.post("update", update=update)
    assert [row.update_id for row in await bot.get_updates()] == [200_000_000] * 2


async def test_update_ids_go_on_after_a_reset(bot: Bot, users: Control, an: int) -> None:
    before = (await users.say(an, "chào"))["update_id"]
    await users.post("reset")
    assert await users.user("Bình") == an  # everything else begins anew
    after = (await users.say(an, "chào"))["update_id"]
    assert [update.update_id for update in await bot.get_updates(offset=before + 1)] == [after]


async def test_a_reset_lets_a_waiting_poll_go(bot: Bot, users: Control) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.05)
    await users.post("reset")
    assert await poll == ()


async def test_an_emulator_stops_while_a_poll_waits(bot: Bot, emulator: Emulator) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.05)
    emulator.world.close()
    assert await poll == ()
