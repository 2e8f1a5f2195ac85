"""The log of a bot at its most talkative holds nothing of its readers: no word, no name, no chat."""

import asyncio

from bot.emulator.client import Control
from tests.bot.processes.conftest import Start, is_polling, until

READER = 7_345_678_912
NAME = "Nguyễn Thị Bảo Trân"
QUESTION = "bệnh viện da liễu gần nhà"


async def test_the_verbose_log_holds_no_word_no_name_and_no_chat_of_a_reader(
    start: Start, server: str, hands: Control
) -> None:
    reader = await hands.user(NAME, id=READER)
    async with start(server, "--verbose") as run:
        await until(lambda: is_polling(hands))
        await hands.ask(reader, "/start", count=2)
        await hands.ask(reader, QUESTION)
        await hands.ask(reader, f"/theodoi {QUESTION}")
        await hands.post("fault", kind="403", method="sendMessage")
        await hands.say(reader, QUESTION)
        await asyncio.sleep(1)
        code, log = await run.stop()
    assert code == 0
    assert len(log) > 500, "it should be talkative"
    for secret in (QUESTION, NAME, str(READER), QUESTION.encode("unicode_escape").decode()):
        assert secret not in log
