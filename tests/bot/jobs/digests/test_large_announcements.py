"""Announcements and corrections for very many readers: queued in parts, each reader once."""

import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.digests.publishing import queue_rest
from bot.news.reader_notices import announce, call_off, rules_of, send_correction
from bot.news.services import Services
from storage.delivery import fanouts as fanouts_module
from storage.delivery.announcements import call_off_announcement, draft_announcement, end_waiting
from storage.delivery.corrections import draft_correction
from storage.delivery.message_fanouts import queue_messages
from storage.delivery.states import MessageKind
from storage.subscribers import set_status
from storage.tables import deliveries, message_fanouts, messages, subscribers
from tests.manual_clock import ManualClock
from tests.storage.test_changes_of_mind import STORY, publish, send

Reader = Callable[..., Awaitable[int]]
NIGHT = (22 * 60, 7 * 60)  # it is 5:00
READERS = range(1, 12)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four deliveries fill a transaction."""
    monkeypatch.setattr(fanouts_module, "ROWS_AT_ONCE", 4)


@pytest.fixture
async def profile(reader: Reader) -> int:
    """Eleven readers; return their profile."""
    for chat in READERS:
        profile = await reader(chat)
    return profile


async def announce_text(services: Services, *, edition: str | None = None) -> int:
    """Write and confirm an announcement; return its number."""
    async with services.database.write() as connection:
        number = await draft_announcement(
            connection, 1, "Mai bot nghỉ.", edition=edition, now=services.clock.now()
        )
    await announce(services, number, 1)
    return number


async def correct(services: Services) -> tuple[int, int]:
    """Write and confirm a correction; return the numbers of edits and notices that the operator sees."""
    async with services.database.write() as connection:
        draft = await draft_correction(connection, STORY, "Tăng ít thôi.", now=services.clock.now())
    queued = await send_correction(services, draft.id)
    assert queued is not None
    return queued.edits, queued.notices


async def waits(services: Services) -> dict[int, dt.timedelta]:
    """Return how long each chat's only delivery waits."""
    d, now = deliveries.c, services.clock.now()
    query = select(subscribers.c.chat_id, d.not_before).join(subscribers, subscribers.c.id == d.subscriber_id)
    async with services.database.read() as connection:
        rows = (await connection.execute(query)).all()
    assert len(rows) == len({row.chat_id for row in rows})
    return {row.chat_id: row.not_before - now for row in rows}


async def kinds(services: Services) -> Counter[tuple[int, str]]:
    """Return how many deliveries of a correction each chat has, by their kind."""
    m, d, s = messages.c, deliveries.c, subscribers.c
    query = select(s.chat_id, m.kind).join(deliveries, d.subscriber_id == s.id)
    query = query.join(messages, m.id == d.message_id).where(m.correction_id.is_not(None))
    async with services.database.read() as connection:
        return Counter((row.chat_id, row.kind) for row in await connection.execute(query))


def is_corrected(words: str) -> bool:
    """Tell whether these are words of a digest with the correction."""
    return "Tăng ít thôi." in words and "Về tin" not in words


async def is_over(services: Services) -> bool:
    """Tell whether nothing is left to queue."""
    async with services.database.read() as connection:
        return (await connection.execute(select(message_fanouts))).first() is None


async def queue_one_part(services: Services) -> None:
    """Queue as a process that is killed after the first part."""
    async with services.database.write() as connection:
        assert await queue_messages(connection, rules_of(services))


async def test_each_reader_is_told_once_and_quiet_hours_hold(
    services: Services, reader: Reader, profile: int
) -> None:
    await reader(12, quiet=NIGHT)
    await reader(13)
    async with services.database.write() as connection:
        await set_status(connection, 13, "paused", now=services.clock.now())
    await announce_text(services)
    assert await waits(services) == {}, "no reader is queued by the operator's own transaction"
    assert await queue_rest(services) == 12
    assert await is_over(services)
    assert await waits(services) == dict.fromkeys(READERS, dt.timedelta()) | {12: dt.timedelta(hours=2)}


async def test_after_a_kill_between_two_parts_the_next_look_queues_the_rest(
    services: Services, reader: Reader, profile: int, clock: ManualClock
) -> None:
    await announce_text(services)
    await queue_one_part(services)
    assert sorted(await waits(services)) == [1, 2, 3, 4]
    await clock.advance(60)
    await reader(99)
    assert await queue_rest(services) == 7
    assert sorted(await waits(services)) == list(READERS), "a new reader is told nothing old"


async def test_what_is_for_an_edition_is_for_its_readers_only(
    services: Services, reader: Reader, profile: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for chat in range(21, 26):
        await reader(chat, edition="khac")
    monkeypatch.setattr(
        "bot.news.reader_notices._gets", lambda chosen, edition, newsroom: chosen.edition == edition
    )
    await announce_text(services, edition="khac")
    assert await queue_rest(services) == 5
    assert sorted(await waits(services)) == list(range(21, 26))


async def test_an_announcement_called_off_meanwhile_reaches_nobody_else(
    services: Services, profile: int
) -> None:
    number = await announce_text(services)
    await queue_one_part(services)
    found = await call_off(services, number, 1)
    assert found is not None
    assert found[1] == len(READERS)
    assert await queue_rest(services) == 0
    async with services.database.read() as connection:
        statuses = (await connection.execute(select(deliveries.c.status))).scalars().all()
    assert statuses == ["gone"] * 4


async def test_calling_off_ends_what_waits_in_parts(
    services: Services, profile: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = list[int]()

    async def noted(connection: AsyncConnection, message_id: int, *, now: dt.datetime) -> int:
        parts.append(await end_waiting(connection, message_id, now=now))
        return parts[-1]

    monkeypatch.setattr("bot.news.reader_notices.end_waiting", noted)
    number = await announce_text(services)
    await queue_rest(services)
    found = await call_off(services, number, 1)
    assert found is not None
    assert found[1] == len(READERS)
    assert parts == [4, 4, 3, 0]
    again = await call_off(services, number, 1)
    assert again is not None
    assert again[1] == 0


async def test_an_announcement_that_was_called_off_before_a_kill_is_sent_to_nobody(
    services: Services, profile: int
) -> None:
    await announce_text(services)
    await queue_rest(services)
    async with services.database.write() as connection:
        message_id = (await connection.execute(select(messages.c.id))).scalar_one()
        assert await call_off_announcement(connection, message_id) == len(READERS)
    after_the_night = services.clock.now() + dt.timedelta(hours=3)
    for _ in range(len(READERS)):  # each look for due deliveries ends some
        assert await send(services.database, after_the_night) == []
    async with services.database.read() as connection:
        statuses = (await connection.execute(select(deliveries.c.status))).scalars().all()
    assert statuses == ["gone"] * len(READERS)


async def test_a_correction_edits_each_message_and_tells_each_reader_once(
    services: Services, profile: int, clock: ManualClock
) -> None:
    database = services.database
    await publish(database, profile, services.clock.now())
    await send(database, services.clock.now())
    await clock.advance(60)
    await publish(database, profile, services.clock.now())
    await send(database, services.clock.now(), most=16)  # the first parts, and five of the story
    assert await correct(services) == (16, 11)
    await queue_one_part(services)
    await queue_rest(services)
    assert await is_over(services)
    counts = await kinds(services)
    edits = [counts[chat, MessageKind.CORRECTION_EDIT] for chat in READERS]
    assert sorted(edits) == [1] * 6 + [2] * 5
    assert [counts[chat, MessageKind.CORRECTION_NOTICE] for chat in READERS] == [1] * 11
    out = await send(database, services.clock.now())
    assert sum(is_corrected(words) and edited is None for _, words, edited in out) == 6, "these waited"
    for chat in READERS:
        own = [(words, edited) for to, words, edited in out if to == chat]
        notice = next(place for place, (words, _) in enumerate(own) if "Về tin" in words)
        first_edit = next(place for place, (_, edited) in enumerate(own) if edited is not None)
        assert first_edit < notice


async def test_who_gets_the_issue_after_the_correction_gets_it_corrected_and_no_notice(
    services: Services, profile: int, clock: ManualClock
) -> None:
    await publish(services.database, profile, services.clock.now())
    await send(services.database, services.clock.now(), most=13)
    assert await correct(services) == (2, 2)
    await clock.advance(1)
    await send(services.database, services.clock.now())
    assert await queue_rest(services) == 0
    assert sorted((await kinds(services)).values()) == [1] * 4
