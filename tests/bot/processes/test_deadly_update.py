"""A message at which the whole bot dies is set aside; what others wrote is answered."""

import pytest

from bot.emulator.client import Control
from tests.bot.processes.conftest import ADMIN, Start, until
from tests.bot.processes.test_a_readers_day import asked, is_told

DEADLY = """\
import os

from bot.chat import handlers

handle = handlers.Application.process_update


async def die_at_one(self, update):
    if update.message and "chết" in (update.message.text or ""):
        os._exit(9)
    await handle(self, update)


handlers.Application.process_update = die_at_one
"""


@pytest.mark.faults  # five starts
@pytest.mark.timeout(600)
async def test_a_message_at_which_the_bot_dies_is_set_aside_and_the_others_are_answered(
    start: Start, server: str, hands: Control
) -> None:
    an, la = await hands.user("An", started=True), await hands.user("Lạ", started=True)
    await hands.user("Quản trị", id=ADMIN, started=True)
    await hands.say(la, "chết đi")
    said = await hands.say(an, "/trogiup")
    for _ in range(4):
        async with start(server, prelude=DEADLY) as run:
            code, _ = await run.ended(within=120)
            assert code == 9
    async with start(server, prelude=DEADLY) as run:
        await until(lambda: is_told(hands, ADMIN, "đã để riêng"), within=180)
        assert await hands.wait(an, after=said["message_id"], timeout=30), "an innocent message is answered"
        assert asked(run.folder, "SELECT count(*) FROM updates WHERE failure IS NOT NULL") == [(1,)]
        assert await hands.ask(la, "/trogiup", timeout=30), "its sender is answered too"
        assert (await run.stop())[0] == 0
