"""Text that databases dislike and numbers beyond 32 bits: kept or mended, never an error, on both engines."""

import io
import json
from collections.abc import Awaitable, Callable

import pytest
from telegram import Update

from bot.jobs.intake.intake import keep_taken
from bot.jobs.intake.processing import Processor
from bot.news.services import Services
from bot.telegram.updates import DurableQueue
from storage.articles import get_article
from storage.conversations import find_question, record_question
from storage.engine import Database
from storage.intake.drafts import Origin
from storage.intake.files import read_stream
from storage.reader_data import export_subscriber
from storage.search.search import search_articles
from storage.subscribers import find_subscriber
from summarizer.questions.query import parse_query
from tests.bot.telegram.handmade import signed_out
from tests.manual_clock import ManualClock
from tests.texts_here import TextsHere
from tests.waiting import find_waiting

HOSTILE = {
    "NUL": "a\0b",
    "half a surrogate pair": "\ud83d",
    "terminal codes": "\x1b[31m\x07",
    "SQL": "'; DROP TABLE articles; --",
    "backslash": "\\",
    "patterns": "%_",
    "emoji": "😀" * 5,
}
PROSE = "Nước sông dâng nhanh trong đêm, nhiều tuyến đường ven bờ ngập sâu nửa mét."


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_an_update_comes_back_as_it_was(database: Database, clock: ManualClock, text: str) -> None:
    bot = signed_out()
    chat = {"id": 2**52 - 1, "type": "private", "first_name": text}
    message = {"message_id": 2**31, "date": 1, "chat": chat, "text": text}
    update = Update.de_json({"update_id": 2**31, "message": message}, bot)
    await DurableQueue(database, clock).keep([{"update_id": 2**31, "message": message}])
    restarted = DurableQueue(database, clock)
    assert await restarted.reload(bot) == 1
    again = restarted.get_nowait()
    assert isinstance(again, Update)
    assert again.to_dict() == update.to_dict()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_an_article_with_it_in_every_field_is_stored_and_found(services: Services, text: str) -> None:
    row = dict.fromkeys(("id", "url", "sapo", "published", "source", "topic"), text)
    row |= {"title": f"Bến tàu {text} Lở", "body": f"{PROSE} {text}"}
    stream = io.BytesIO(json.dumps(row).encode())
    taken = list(read_stream(stream, "-", Origin(), now=services.clock.now()))
    done = await keep_taken(services.database, taken, "thu", services.clock.now())
    assert (done.tally.new, done.refused) == (1, ())
    await Processor(services.database, services.clock, TextsHere()).run()
    async with services.database.read() as connection:
        assert await find_waiting(connection, 1) == []
        found = await search_articles(connection, parse_query("ben tau"), now=services.clock.now())
        assert PROSE in (await get_article(connection, str(found.ids[0]))).body


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_a_question_is_kept_and_exported(services: Services, text: str) -> None:
    asked = parse_query(f"hạ long {text}")
    async with services.database.write() as connection:
        found = await search_articles(connection, asked, now=services.clock.now())
        number = await record_question(connection, 7, asked.text, found.ids, now=services.clock.now())
    async with services.database.read() as connection:
        question = await find_question(connection, number, 7)
        export = await export_subscriber(connection, 7)
    assert question is not None
    assert question.text == asked.text == export.questions[0][0]


@pytest.mark.parametrize("chat_id", [2**31, 2**52 - 1, -1_009_999_999_999])
async def test_a_chat_id_beyond_32_bits_is_kept(
    services: Services, reader: Callable[..., Awaitable[int]], chat_id: int
) -> None:
    await reader(chat_id)
    async with services.database.read() as connection:
        subscriber = await find_subscriber(connection, chat_id)
    assert subscriber is not None
    assert subscriber.chat_id == chat_id
