"""Retracted issues and corrected stories: the deliveries that are queued; on both engines."""

import datetime as dt
from collections.abc import Awaitable, Callable

from sqlalchemy import insert, select, true, update

from storage.delivery.claiming import claim_deliveries
from storage.delivery.corrections import (
    confirm_correction,
    count_readers,
    draft_correction,
    enqueue_edit,
    enqueue_notice,
    find_correction,
    find_story_messages,
)
from storage.delivery.deliveries import mark_sent
from storage.delivery.issues import Issue, IssueStory, Part, enqueue_issues, record_issue
from storage.delivery.mailings import count_mailings, find_headlines, find_mailing, find_mailings, retract
from storage.delivery.states import IssueStatus, MessageKind
from storage.engine import Database
from storage.profiles import Choices, find_profile, set_covered_until
from storage.shown_stories import find_issued_stories
from storage.subscribers import delete_subscriber, set_status
from storage.tables import deliveries, messages, stories
from storage.upkeep.stats import gather_stats

Listener = Callable[..., Awaitable[int]]
HOUR = dt.timedelta(hours=1)
STORY = 7


async def publish(database: Database, profile: int, slot: dt.datetime) -> int:
    """Queue an issue of two parts, the second of which tells the story; return its id."""
    async with database.write() as connection:
        known = (await connection.execute(select(stories.c.id).where(stories.c.id == STORY))).first()
        if known is None:
            await connection.execute(insert(stories).values(id=STORY, created_at=slot))
        told = (IssueStory(STORY, 1, "Giá gạo tăng"),)
        parts = (Part("một"), Part("<b>Giá gạo tăng</b>"))
        issue = Issue(profile, "sang", slot, slot - HOUR, IssueStatus.MADE, parts=parts, stories=told)
        issue_id = await record_issue(connection, issue, now=slot)
        assert issue_id is not None
        await set_covered_until(connection, profile, slot)
        await enqueue_issues(connection, [issue_id], true(), release=lambda start, end: slot, now=slot)
    return issue_id


async def send(database: Database, now: dt.datetime, *, most: int = 99) -> list[tuple[int, str, int | None]]:
    """Send what is due, a message numbered by its row; return chat, words and what was edited, in order."""
    out: list[tuple[int, str, int | None]] = []
    while len(out) < most:
        async with database.write() as connection:
            claimed = await claim_deliveries(connection, now=now, limit=min(4, most - len(out)))
            sent = [(one, one.edits or 1_000 + one.id) for one in claimed]
            await mark_sent(connection, sent, now=now)
        if not claimed:
            break
        out += [(one.chat_id, one.html, one.edits) for one in claimed]
    return out


async def correct(database: Database, now: dt.datetime, *, since: dt.datetime) -> tuple[int, int]:
    """Correct the story in all its messages; return how many edits and notices were queued."""
    edits = notices = 0
    async with database.write() as connection:
        draft = await draft_correction(connection, STORY, "Tăng ít thôi.", now=now)
        assert await confirm_correction(connection, draft.id, now=now)
        for telling in await find_story_messages(connection, STORY, since=since):
            edit, edited = await enqueue_edit(connection, draft, telling, "sửa", now=now)
            edits += edited
            notices += await enqueue_notice(
                connection, draft, telling, "báo", after_id=edit, release=lambda s, e: now, now=now
            )
    return edits, notices


async def test_a_correction_edits_the_message_that_told_it_and_tells_each_reader_once(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await listener(2)
    for slot in (now - 2 * HOUR, now - HOUR):
        await publish(database, profile, slot)
    await send(database, now)
    async with database.read() as connection:
        assert await count_readers(connection, STORY, since=now - 9 * HOUR) == 2
        assert await count_readers(connection, STORY, since=now) == 0
        query = select(deliveries.c.telegram_id).join(messages, messages.c.id == deliveries.c.message_id)
        first = (await connection.execute(query.where(messages.c.part == 1))).first()
    assert await correct(database, now, since=now - 9 * HOUR) == (4, 2)
    out = await send(database, now)
    assert [words for _, words, _ in out].count("báo") == 2
    assert first is not None
    assert first.telegram_id in [edited for _, words, edited in out if words == "sửa"]
    assert all(edited is not None for _, words, edited in out if words == "sửa")
    assert all(edited is None for _, words, edited in out if words == "báo")


async def test_what_is_being_sent_is_edited_afterwards_and_what_waits_goes_out_corrected(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    await listener(2)
    await publish(database, profile, now)
    await send(database, now, most=2)  # the first parts
    async with database.write() as connection:
        [in_flight] = await claim_deliveries(connection, now=now, limit=1)
    assert await correct(database, now, since=now) == (1, 1)
    out = await send(database, now)
    assert [(words, edited) for _, words, edited in out] == [("sửa", None)], "the edit waits for its message"
    async with database.write() as connection:
        await mark_sent(connection, [(in_flight, 77)], now=now)
    out = await send(database, now)
    assert [(words, edited) for _, words, edited in out] == [("sửa", 77), ("báo", None)]


async def test_an_edit_whose_message_came_to_nothing_is_called_off_and_never_a_message_of_its_own(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await publish(database, await listener(1), now)
    await send(database, now)
    await correct(database, now, since=now)
    async with database.write() as connection:
        edited = select(messages.c.after_id).where(messages.c.kind == MessageKind.CORRECTION_EDIT)
        await connection.execute(deliveries.delete().where(deliveries.c.message_id.in_(edited)))
    assert await send(database, now) == []
    assert [words for _, words, _ in await send(database, now)] == ["báo"]
    async with database.read() as connection:
        reasons = await connection.execute(select(deliveries.c.reason).where(deliveries.c.status == "gone"))
        assert list(reasons.scalars()) == ["nothing to edit"]


async def test_who_left_or_paused_is_neither_edited_nor_told(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1)
    for chat in (2, 3):
        await listener(chat)
    await publish(database, profile, now)
    await send(database, now)
    async with database.write() as connection:
        await set_status(connection, 1, "paused", now=now)
        await delete_subscriber(connection, 2)
    assert await correct(database, now, since=now) == (1, 1)
    assert {chat for chat, _, _ in await send(database, now)} == {3}


async def test_a_reader_in_doubt_is_told_and_not_edited(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await publish(database, await listener(1), now)
    async with database.write() as connection:
        await connection.execute(update(deliveries).values(status="unknown"))
    assert await correct(database, now, since=now) == (0, 1)
    assert [(words, edited) for _, words, edited in await send(database, now)] == [("báo", None)]


async def test_a_draft_is_confirmed_once(database: Database, listener: Listener, now: dt.datetime) -> None:
    await publish(database, await listener(1), now)
    async with database.write() as connection:
        draft = await draft_correction(connection, STORY, "Tăng ít thôi.", now=now)
        assert await confirm_correction(connection, draft.id, now=now)
        assert not await confirm_correction(connection, draft.id, now=now)
        assert not await confirm_correction(connection, draft.id + 1, now=now)
        found = await find_correction(connection, draft.id)
        assert await find_correction(connection, draft.id + 1) is None
    assert found is not None
    assert found.text == "Tăng ít thôi."


async def test_a_batch_is_an_edition_and_slot_whatever_the_profile(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    one, two = await listener(1), await listener(2, Choices("sang", ("kinh-te",)))
    assert one != two
    first, second = await publish(database, one, now), await publish(database, two, now)
    await publish(database, one, now - HOUR)
    async with database.read() as connection:
        mailings = await find_mailings(connection, since=now - 9 * HOUR, limit=5)
        mailing = await find_mailing(connection, first)
        assert await find_mailing(connection, 99) is None
        assert mailing is not None
        assert await find_headlines(connection, mailing, limit=5) == [(STORY, "Giá gạo tăng")]
    assert [(b.id, b.slot_at, b.status) for b in mailings] == [
        (second, now, "made"),
        (mailings[1].id, now - HOUR, "made"),
    ]
    assert mailing.deliveries == {"pending": 4}
    async with database.read() as connection:
        assert await count_mailings(connection, since=now - 9 * HOUR) == {"made": 2}
        assert (await gather_stats(connection, since=now - HOUR / 2, now=now)).issues == {"made": 1}


async def test_an_issue_that_nobody_got_is_as_if_it_had_not_been_told(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile_id = await listener(1)
    issue_id = await publish(database, profile_id, now)
    async with database.write() as connection:
        mailing = await find_mailing(connection, issue_id)
        assert mailing is not None
        assert await retract(connection, mailing, "Thu hồi", now=now) == 2
        assert await retract(connection, mailing, "Thu hồi", now=now) == 0
        again = await find_mailing(connection, issue_id)
        profile = await find_profile(connection, profile_id)
        assert await find_issued_stories(connection, [profile_id], since=now - HOUR) == {profile_id: {}}
    assert again is not None
    assert (again.status, again.deliveries) == ("retracted", {"gone": 2})
    assert profile is not None
    assert profile.last_slot_at == now - HOUR
    assert await send(database, now) == []


async def test_an_issue_that_some_got_stays_told(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile_id = await listener(1)
    issue_id = await publish(database, profile_id, now)
    await send(database, now, most=1)
    async with database.write() as connection:
        mailing = await find_mailing(connection, issue_id)
        assert mailing is not None
        assert await retract(connection, mailing, "Thu hồi", now=now) == 1
        profile = await find_profile(connection, profile_id)
        assert await find_issued_stories(connection, [profile_id], since=now - HOUR) == {
            profile_id: {STORY: now}
        }
    assert profile is not None
    assert profile.last_slot_at == now


async def test_an_issue_that_went_out_whole_cannot_be_taken_back(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    issue_id = await publish(database, await listener(1), now)
    await send(database, now)
    async with database.write() as connection:
        mailing = await find_mailing(connection, issue_id)
        assert mailing is not None
        assert await retract(connection, mailing, "Thu hồi", now=now) == 0
        again = await find_mailing(connection, issue_id)
    assert again is not None
    assert again.status == "made"
