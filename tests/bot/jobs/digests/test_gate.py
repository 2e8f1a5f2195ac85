"""Issues that operators approve: composed before their time, frozen, let go or not."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Table, select, update

from bot.jobs.digests.gate import NOT_APPROVED, prepare_early
from bot.jobs.digests.slots import reschedule_profiles, run_due_slots, send_edition_now
from bot.news.newsroom import Approval, Edition, Newsroom
from bot.news.services import Services
from bot.operators.looking_up import look_at_reader, why_article
from bot.operators.reasons import Why
from bot.operators.steering import look_at_issues
from bot.times.clock import ManualClock
from bot.times.schedule import Schedule
from storage.delivery.gates import (
    Gate,
    GateAnswer,
    answer_gate,
    drop_story,
    find_gate_of,
    find_open_gates,
    restore_story,
)
from storage.profiles import Choices, join_profile
from storage.shown_stories import record_shown
from storage.subscribers import delete_subscriber, set_profile
from storage.tables import articles, deliveries, issue_stories, issues, messages, prepared_readers
from tests.bot.jobs.digests.test_slots import HOUR, MINUTE, TO_SLOT, Reader, Story

ADMIN = 900
FIRE = "Lửa bùng lên lúc nửa đêm, ba ki ốt bán vải bị thiêu rụi, không ai bị thương."
LEAD = 20 * MINUTE
TO_GATE = TO_SLOT - LEAD
SLOT = dt.datetime(2026, 3, 1, 23, 45, tzinfo=dt.UTC)


@pytest.fixture(params=[False])
def services(request: Any, services: Services, make_newsroom: Callable[..., Newsroom]) -> Services:
    """Services of a newsroom whose edition asks for approval twenty minutes before 6:45."""
    services.newsroom = make_newsroom(gated(waits=request.param))
    return services


def gated(*, waits: bool = False, lead: float = LEAD, times: tuple[str, ...] = ("06:45",)) -> Edition:
    """Declare an edition that asks for approval."""
    schedule = Schedule(tuple(map(dt.time.fromisoformat, times)))
    approval = Approval(dt.timedelta(seconds=lead), waits)
    return Edition("sang", "Bản tin sáng", schedule, (), 3, dt.timedelta(hours=48), approval=approval)


async def tick(services: Services, told: Any) -> int:
    """Look as the running bot does each minute."""
    await prepare_early(services)
    return await run_due_slots(services, told)


async def gate(services: Services) -> Gate:
    """Return the gate of the morning's slot."""
    async with services.database.read() as connection:
        found = await find_gate_of(connection, "sang", SLOT)
    assert found is not None
    return found


async def rows(services: Services, table: Table) -> list[Any]:
    """Return all rows of a table."""
    async with services.database.read() as connection:
        return list((await connection.execute(select(table).order_by(*table.primary_key))).all())


async def statuses(services: Services) -> list[str]:
    """Return the status of each issue, in order."""
    async with services.database.read() as connection:
        return list((await connection.execute(select(issues.c.status).order_by(issues.c.id))).scalars())


async def headlines(services: Services) -> set[str]:
    """Return the headlines of all issues."""
    async with services.database.read() as connection:
        return set((await connection.execute(select(issue_stories.c.headline))).scalars())


async def say(services: Services, answer: GateAnswer) -> bool:
    """Answer as an operator; return whether it counted."""
    number = (await gate(services)).id
    async with services.database.write() as connection:
        return await answer_gate(connection, number, answer, ADMIN) is not None


async def test_without_an_answer_the_issue_that_was_shown_goes_at_its_time(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE - MINUTE)
    assert await tick(services, told) == 0
    assert await statuses(services) == []
    await clock.advance(MINUTE)
    assert await tick(services, told) == 0
    assert await statuses(services) == ["prepared"]
    assert await rows(services, deliveries) == []
    await story("Mưa lớn ở đèo Ngang")
    await clock.advance(LEAD - MINUTE)
    assert await tick(services, told) == 0
    await clock.advance(MINUTE)
    assert await tick(services, told) == 1
    assert await statuses(services) == ["made"]
    assert await headlines(services) == {"Hội làng Đông"}  # what came later is the next issue's
    assert (await gate(services)).was_sent
    await clock.advance(24 * HOUR - LEAD)
    assert await tick(services, told) == 0
    await clock.advance(LEAD)
    assert await tick(services, told) == 1
    assert await headlines(services) == {"Hội làng Đông", "Mưa lớn ở đèo Ngang"}


@pytest.mark.parametrize("services", [True], indirect=True)
async def test_an_edition_that_waits_sends_nothing_before_it_is_approved(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE)
    await tick(services, told)
    await clock.advance(LEAD + 5 * MINUTE)
    assert await tick(services, told) == 0
    assert await say(services, GateAnswer.SEND)
    assert not await say(services, GateAnswer.SEND)
    assert await tick(services, told) == 1
    [row] = await rows(services, deliveries)
    assert row.not_before == SLOT + dt.timedelta(minutes=5)
    assert not await say(services, GateAnswer.HOLD)  # too late


async def test_what_is_held_too_long_is_skipped_and_its_news_comes_next(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE)
    await tick(services, told)
    assert await say(services, GateAnswer.HOLD)
    await clock.advance(LEAD + 2 * HOUR)
    assert await tick(services, told) == 0
    await clock.advance(MINUTE)
    assert await tick(services, told) == 0
    found = [(row.status, row.reason) for row in await rows(services, issues)]
    assert found == [("skipped", NOT_APPROVED)]
    await tick(services, told)
    closed = await gate(services)
    assert closed.closed_at is not None
    assert not closed.was_sent
    await clock.advance(22 * HOUR)
    await tick(services, told)
    await clock.advance(HOUR)
    assert await tick(services, told) == 1
    assert await headlines(services) == {"Hội làng Đông"}


async def test_a_dropped_story_is_gone_from_all_profiles_and_variants_and_can_be_put_back(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    short = await reader(2, length="gon")
    kept, bad = await story("Hội làng Đông"), await story("Cháy lớn ở chợ Kho", sapo=FIRE)
    await clock.advance(TO_GATE)
    await reader(3, length="gon")  # joined lately: may know other stories
    await tick(services, told)
    number = (await gate(services)).id
    async with services.database.write() as connection:
        assert await drop_story(connection, number, bad, ADMIN, now=clock.now()) == "Cháy lớn ở chợ Kho"
        assert await drop_story(connection, number, bad, ADMIN, now=clock.now()) is None  # at once again
        assert await drop_story(connection, number, 99_999, ADMIN, now=clock.now()) is None
    assert await statuses(services) == []
    await tick(services, told)
    assert await headlines(services) == {"Hội làng Đông"}
    async with services.database.write() as connection:
        assert await restore_story(connection, number, bad) == "Cháy lớn ở chợ Kho"
        assert await restore_story(connection, number, bad) is None
        assert await restore_story(connection, number, kept) is None
    await tick(services, told)
    assert await headlines(services) == {"Hội làng Đông", "Cháy lớn ở chợ Kho"}
    async with services.database.write() as connection:
        await drop_story(connection, number, bad, ADMIN, now=clock.now())
    await clock.advance(LEAD)  # nobody composed it anew before its time
    assert await tick(services, told) == 3
    assert await headlines(services) == {"Hội làng Đông"}
    assert all("Cháy lớn" not in row.html for row in await rows(services, messages))
    async with services.database.write() as connection:
        assert await drop_story(connection, number, kept, ADMIN, now=clock.now()) is None
    assert short


async def test_who_moves_away_gets_no_prepared_issue_and_who_comes_gets_it(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await reader(2)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE)
    await tick(services, told)
    await clock.advance(10 * MINUTE)
    await reader(3)
    later = await reader(4, times=("21:00",))
    async with services.database.write() as connection:
        await set_profile(connection, 2, later, now=clock.now())
    await clock.advance(10 * MINUTE)
    assert await tick(services, told) == 2


async def test_a_new_choice_for_the_same_time_joins_the_gate(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    bad = await story("Cháy lớn ở chợ Kho", sapo=FIRE)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE)
    await tick(services, told)
    async with services.database.write() as connection:
        await drop_story(connection, (await gate(services)).id, bad, ADMIN, now=clock.now())
    await tick(services, told)
    await clock.advance(10 * MINUTE)
    await story("Mưa lớn ở đèo Ngang")
    await reader(2, length="gon")
    await clock.advance(10 * MINUTE)
    assert await tick(services, told) == 2
    assert await headlines(services) == {"Hội làng Đông"}


async def test_readers_who_know_other_stories_get_their_own_issue(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await reader(2)
    await reader(3)
    seen, unseen = await story("Hội làng Đông"), await story("Mưa lớn ở đèo Ngang")
    await clock.advance(MINUTE)
    async with services.database.write() as connection:
        await record_shown(connection, 2, [seen], shown_at=clock.now())
        await record_shown(connection, 3, [seen, unseen], shown_at=clock.now())
    await clock.advance(TO_GATE - MINUTE)
    await tick(services, told)
    assert await statuses(services) == ["prepared", "prepared"]
    await clock.advance(LEAD)
    assert await tick(services, told) == 2
    assert await rows(services, prepared_readers) == []
    d, m = deliveries.c, messages.c
    async with services.database.read() as connection:
        query = select(d.subscriber_id, m.html).join(messages, m.id == d.message_id).order_by(d.subscriber_id)
        [first, second] = (await connection.execute(query)).all()
    assert "Hội làng Đông" in first.html
    assert "Hội làng Đông" not in second.html
    assert "Mưa lớn" in second.html


async def test_other_times_withdraw_what_was_prepared(
    services: Services,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    told: Any,
    make_newsroom: Callable[..., Newsroom],
) -> None:
    await reader(1)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE)
    await tick(services, told)
    services.newsroom = make_newsroom(gated(times=("07:30",)))
    await reschedule_profiles(services)
    await clock.advance(LEAD)
    assert await tick(services, told) == 0
    assert await statuses(services) == []
    assert (await gate(services)).closed_at is not None
    await clock.advance(25 * MINUTE)
    await tick(services, told)
    assert await statuses(services) == ["prepared"]
    await clock.advance(LEAD)
    assert await tick(services, told) == 1


async def test_an_edition_taken_out_meanwhile_leaves_its_readers_the_other_ones_issue(
    services: Services,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    told: Any,
    make_newsroom: Callable[..., Newsroom],
) -> None:
    await reader(1)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE)
    await tick(services, told)
    await say(services, GateAnswer.HOLD)
    services.newsroom = make_newsroom(replace(gated(), name="moi", approval=None))
    await reschedule_profiles(services)
    await clock.advance(LEAD)
    assert await tick(services, told) == 1
    assert [row.edition for row in await rows(services, issues)] == ["moi"]
    await tick(services, told)
    async with services.database.read() as connection:
        assert await find_open_gates(connection) == []


async def test_without_approve_in_the_file_what_was_prepared_goes(
    services: Services,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    told: Any,
    make_newsroom: Callable[..., Newsroom],
) -> None:
    await reader(1)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE)
    await tick(services, told)
    await say(services, GateAnswer.HOLD)
    services.newsroom = make_newsroom(replace(gated(), approval=None))
    await clock.advance(LEAD)
    assert await tick(services, told) == 1


async def test_a_late_issue_waits_as_long_as_it_would_have(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await story("Hội làng Đông")
    await clock.advance(TO_SLOT + 10 * MINUTE)  # the bot was down
    assert await tick(services, told) == 0
    assert await statuses(services) == ["prepared"]
    await clock.advance(LEAD - MINUTE)
    assert await tick(services, told) == 0
    await clock.advance(MINUTE)
    assert await tick(services, told) == 1


async def test_after_days_down_only_the_latest_slot_is_asked_about(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await clock.advance(TO_GATE)
    await story("Hội làng Đông")
    await tick(services, told)
    await clock.advance(48 * HOUR + LEAD + MINUTE)
    await story("Mưa lớn ở đèo Ngang")
    await tick(services, told)
    await tick(services, told)
    assert sorted(await statuses(services)) == ["prepared", "skipped", "skipped"]
    assert await say_at_latest(services)
    assert await tick(services, told) == 1


async def say_at_latest(services: Services) -> bool:
    """Approve the one gate that is open."""
    async with services.database.write() as connection:
        [one] = await find_open_gates(connection)
        return await answer_gate(connection, one.id, GateAnswer.SEND, ADMIN) is not None


async def test_a_clock_set_back_sends_nothing_twice(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE)
    await tick(services, told)
    earlier = ManualClock(clock.now() - dt.timedelta(hours=1))
    services.clock = earlier
    assert await tick(services, told) == 0
    await earlier.advance(HOUR + LEAD)
    assert await tick(services, told) == 1
    assert await tick(services, told) == 0
    assert await statuses(services) == ["made"]


async def test_sent_by_hand_meanwhile_the_prepared_issue_tells_nothing_again(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE)
    await tick(services, told)
    await clock.advance(5 * MINUTE)
    assert await send_edition_now(services, "sang") == 1
    await clock.advance(15 * MINUTE)
    assert await tick(services, told) == 0
    assert await statuses(services) == ["made", "empty"]


async def test_everybody_left(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE)
    await tick(services, told)
    async with services.database.write() as connection:
        await delete_subscriber(connection, 1)
        await join_profile(
            connection,
            Choices("sang"),
            next_due_at=clock.now() + dt.timedelta(days=1),
            now=clock.now(),
        )
    await clock.advance(LEAD)
    assert await tick(services, told) == 0
    await tick(services, told)
    assert await statuses(services) == []
    async with services.database.read() as connection:
        assert await find_open_gates(connection) == []


class Killed(BaseException):
    """The end of a process between two transactions."""


async def until_it_survives(services: Services, told: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    """Tick, killed at the first transaction, then at the second, and so on; return how many kills."""
    whole = services.database.write
    for kills in range(30):
        left = kills

        @asynccontextmanager
        async def broken() -> AsyncIterator[Any]:
            nonlocal left
            async with whole() as connection:
                yield connection
                left -= 1
                if left < 0:  # rolled back
                    raise Killed

        monkeypatch.setattr(services.database, "write", broken)
        try:
            await tick(services, told)
        except Killed:
            continue
        finally:
            monkeypatch.setattr(services.database, "write", whole)
        return kills
    raise AssertionError("it never came through")


async def test_a_kill_between_any_two_transactions_loses_and_doubles_nothing(
    services: Services,
    clock: ManualClock,
    reader: Reader,
    story: Story,
    told: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await reader(1)
    await reader(2, length="gon")
    bad = await story("Cháy lớn ở chợ Kho", sapo=FIRE)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE)
    assert await until_it_survives(services, told, monkeypatch) > 2
    async with services.database.write() as connection:
        await drop_story(connection, (await gate(services)).id, bad, ADMIN, now=clock.now())
    assert await until_it_survives(services, told, monkeypatch) > 1
    await clock.advance(LEAD)
    assert await until_it_survives(services, told, monkeypatch) > 1
    await tick(services, told)
    assert await statuses(services) == ["made", "made"]
    assert await headlines(services) == {"Hội làng Đông"}
    found = await rows(services, deliveries)
    assert sorted(row.subscriber_id for row in found) == [1, 2]
    assert (await gate(services)).was_sent


async def test_the_reasons_name_the_gate(
    services: Services, clock: ManualClock, reader: Reader, story: Story, told: Any
) -> None:
    await reader(1)
    bad = await story("Cháy lớn ở chợ Kho", sapo=FIRE)
    await story("Hội làng Đông")
    await clock.advance(TO_GATE)
    await tick(services, told)
    async with services.database.write() as connection:
        await drop_story(connection, (await gate(services)).id, bad, ADMIN, now=clock.now())
    await say(services, GateAnswer.HOLD)
    await clock.advance(LEAD + 10 * MINUTE)
    await tick(services, told)
    [article] = [row.id for row in await rows(services, articles) if row.story_id == bad]
    found = await why_article(services, 1, str(article))
    assert found is not None
    assert found[1].code == "gate_dropped"
    view = await look_at_reader(services, 1)
    assert view is not None
    assert [one.code for one in view.next.reasons] == [Why.GATE]
    assert [reason.code for _, reason in (await look_at_issues(services, days=1, limit=9))[1]] == [Why.GATE]
    await say(services, GateAnswer.SEND)
    await tick(services, told)
    d = deliveries.c
    async with services.database.write() as connection:
        await connection.execute(update(deliveries).values(status="sent", changed_at=d.not_before))
    view = await look_at_reader(services, 1)
    assert view is not None
    assert [reason.words for _, reason in view.past] == ["đã gửi lúc 06:55: đợi người quản trị duyệt 10 phút"]
    [(_, reason)] = (await look_at_issues(services, days=1, limit=9))[1]
    assert (reason.code, reason.words) == (Why.GATE, "gửi muộn 10 phút vì đợi người quản trị duyệt")
