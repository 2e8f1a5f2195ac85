"""Choices shared by subscribers, and all that is stored about one of them."""

import datetime as dt
from collections.abc import Awaitable, Callable

from storage.conversations import (
    PASSED_OVER,
    KeptUpdate,
    count_passed_over,
    count_set_aside,
    find_question,
    find_unhandled,
    forget_handled,
    keep_updates,
    mark_handled,
    record_question,
    set_aside,
)
from storage.delivery.issues import find_last_issues
from storage.engine import Database
from storage.notes import find_note, write_note
from storage.profiles import (
    Choices,
    count_by_profile,
    find_due,
    find_profile,
    find_profiles,
    has_subscribers,
    join_profile,
    set_covered_until,
    set_next_slot,
)
from storage.reader_data import export_subscriber
from storage.shown_stories import find_issued_stories
from storage.subscribers import (
    delete_subscriber,
    find_subscriber,
    move_chat,
    set_profile,
    subscribe,
)
from storage.upkeep.stats import count_by_status, gather_stats

Listener = Callable[..., Awaitable[int]]
HOUR = dt.timedelta(hours=1)


async def test_the_same_choices_share_one_profile(database: Database, listener: Listener) -> None:
    first = await listener(1, Choices("sang", topics=("kinh-te",)))
    second = await listener(2, Choices("sang", topics=("kinh-te",)))
    other = await listener(3, Choices("sang", topics=("the-thao",)))
    assert first == second != other
    async with database.read() as connection:
        assert await count_by_profile(connection) == {first: 2, other: 1}
        assert [profile.id for profile in await find_profiles(connection)] == [first, other]


async def test_a_profile_is_due_from_its_slot_on(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1, due=now)
    async with database.read() as connection:
        early = await find_due(connection, now=now - dt.timedelta(microseconds=1))
        due = await find_due(connection, now=now)
    assert early == []
    assert [one.id for one in due] == [profile]
    assert due[0].choices == Choices("sang")


async def test_a_profile_moves_on_once(database: Database, listener: Listener, now: dt.datetime) -> None:
    await listener(1, due=now)
    async with database.write() as connection:
        [profile] = await find_due(connection, now=now)
        assert await set_next_slot(connection, profile, next_due_at=now + HOUR)
        assert not await set_next_slot(connection, profile, next_due_at=now + 2 * HOUR)
        await set_covered_until(connection, profile.id, now)
        moved = await find_profile(connection, profile.id)
    assert moved is not None
    assert (moved.next_due_at, moved.last_slot_at) == (now + HOUR, now)


async def test_a_sleeping_profile_wakes_when_somebody_joins(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile_id = await listener(1, due=now)
    async with database.write() as connection:
        await delete_subscriber(connection, 1)
        assert not await has_subscribers(connection, profile_id)
        [profile] = await find_due(connection, now=now)
        await set_next_slot(connection, profile, next_due_at=None)
        assert await find_due(connection, now=now + 48 * HOUR) == []
        again = await join_profile(connection, Choices("sang"), next_due_at=now + HOUR, now=now)
        woken = await find_profile(connection, again)
    assert again == profile_id
    assert woken is not None
    assert woken.next_due_at == now + HOUR


async def test_joining_an_awake_profile_does_not_move_its_slot(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    profile = await listener(1, due=now)
    assert await listener(2, due=now + HOUR) == profile
    async with database.read() as connection:
        found = await find_profile(connection, profile)
    assert found is not None
    assert found.next_due_at == now


async def test_coming_back_keeps_the_old_choices(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    own = await listener(1, Choices("sang", times=("07:30",)))
    default = await listener(2)
    async with database.write() as connection:
        is_new = await subscribe(connection, 1, kind="private", profile_id=default, now=now)
        back = await find_subscriber(connection, 1)
    assert not is_new
    assert back is not None
    assert (back.profile_id, back.choices.times, back.status) == (own, ("07:30",), "active")


async def test_everything_kept_is_exported_and_then_deleted(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await listener(1)
    async with database.write() as connection:
        await record_question(connection, 1, "giá vàng", [1, 2], now=now)
        export = await export_subscriber(connection, 1)
        assert export.subscriber is not None
        assert [text for text, _ in export.questions] == ["giá vàng"]
        await delete_subscriber(connection, 1)
        empty = await export_subscriber(connection, 1)
    assert (empty.subscriber, empty.deliveries, empty.questions) == (None, (), ())


async def test_a_question_is_found_only_in_its_own_chat(database: Database, now: dt.datetime) -> None:
    async with database.write() as connection:
        number = await record_question(connection, 5, "hạ long", range(80), now=now)
        found = await find_question(connection, number, 5)
        stolen = await find_question(connection, number, 6)
    assert found is not None
    assert found.article_ids == tuple(range(50))
    assert stolen is None


async def test_an_upgraded_group_keeps_its_subscription(
    database: Database, listener: Listener, now: dt.datetime
) -> None:
    await listener(-5)
    async with database.write() as connection:
        await move_chat(connection, -5, -1_001_234_567_890, now=now)
        assert await find_subscriber(connection, -5) is None
        moved = await find_subscriber(connection, -1_001_234_567_890)
    assert moved is not None
    assert moved.kind == "supergroup"


async def test_an_update_is_kept_once_and_forgotten_when_handled(
    database: Database, now: dt.datetime
) -> None:
    async with database.write() as connection:
        assert await keep_updates(connection, [KeptUpdate(10, '{"a": 1}')], now=now) == {10}
        assert await keep_updates(connection, [KeptUpdate(10, '{"a": 1}')], now=now) == set()
        assert await keep_updates(connection, [KeptUpdate(9, '{"b": 2}')], now=now) == {9}
        assert await find_unhandled(connection) == [(9, '{"b": 2}'), (10, '{"a": 1}')]
        await mark_handled(connection, [9])
        assert await find_unhandled(connection) == [(10, '{"a": 1}')]
        await forget_handled(connection, before=now + HOUR)
        assert await keep_updates(connection, [KeptUpdate(9, "{}")], now=now) == {9}, (
            "a forgotten number is new again"
        )
        assert await keep_updates(connection, [KeptUpdate(10, "{}")], now=now) == set(), (
            "an unhandled one is never forgotten"
        )


async def test_an_update_passed_over_is_known_counted_apart_and_dropped_in_time(
    database: Database, now: dt.datetime
) -> None:
    async with database.write() as connection:
        several = [KeptUpdate(1, "{}"), KeptUpdate(2, None, PASSED_OVER), KeptUpdate(3, None, PASSED_OVER)]
        assert await keep_updates(connection, several, now=now) == {1, 2, 3}
        assert await keep_updates(connection, several, now=now) == set()
        assert await find_unhandled(connection) == [(1, "{}")]
        assert await count_set_aside(connection) == 0
        assert (await gather_stats(connection, since=now, now=now)).updates_passed_over == 2
        await forget_handled(connection, before=now + HOUR)
        assert await count_passed_over(connection) == 0


async def test_an_update_set_aside_is_counted_not_handled_and_dropped_in_time(
    database: Database, now: dt.datetime
) -> None:
    async with database.write() as connection:
        assert await keep_updates(connection, [KeptUpdate(1, "{}", "message: KeyError")], now=now) == {1}
        assert await keep_updates(connection, [KeptUpdate(2, "{}")], now=now) == {2}
        assert await count_set_aside(connection) == 1
        await set_aside(connection, 2, "not an update")
        assert await count_set_aside(connection) == 2
        assert await find_unhandled(connection) == []
        assert (await gather_stats(connection, since=now, now=now)).updates_set_aside == 2
        await forget_handled(connection, before=now)
        assert await count_set_aside(connection) == 2
        await forget_handled(connection, before=now + HOUR)
        assert await count_set_aside(connection) == 0


async def test_a_note_is_overwritten(database: Database, now: dt.datetime) -> None:
    async with database.write() as connection:
        assert await find_note(connection, "pruned") is None
        await write_note(connection, "pruned", "2026-03-01", now=now)
        await write_note(connection, "pruned", "2026-03-02", now=now)
        assert await find_note(connection, "pruned") == "2026-03-02"


async def test_counts_of_an_empty_database_are_zero(database: Database, now: dt.datetime) -> None:
    async with database.read() as connection:
        stats = await gather_stats(connection, since=now, now=now)
        assert await find_last_issues(connection, 1, limit=3) == []
        assert await find_issued_stories(connection, [1], since=now) == {1: {}}
        assert await count_by_status(connection) == {}
    assert (stats.articles, stats.stories, stats.deliveries) == (0, 0, {})


async def test_another_profile_is_set(database: Database, listener: Listener, now: dt.datetime) -> None:
    await listener(1)
    other = await listener(2, Choices("toi"))
    async with database.write() as connection:
        await set_profile(connection, 1, other, now=now)
        found = await find_subscriber(connection, 1)
    assert found is not None
    assert found.choices == Choices("toi")
