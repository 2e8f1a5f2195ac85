"""Issues that wait for approval while times change, the bot is down, its clock is wrong or it is killed."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from bot.jobs.digests.slots import reschedule_profiles, send_edition_now
from bot.operators.reader_lookup import find_reader_view, why_article
from bot.operators.reasons import Why
from bot.operators.schedule_control import list_issues
from storage.delivery.gates import GateAnswer
from storage.profiles import Choices, join_profile
from storage.subscribers import delete_subscriber
from storage.tables import articles, deliveries, issues
from tests.bot.jobs.digests.gated import FIRE, LEAD, TO_GATE, Gated, edition_to_approve
from tests.bot.jobs.digests.test_slots import HOUR, MINUTE, TO_SLOT
from tests.manual_clock import ManualClock


async def test_other_times_withdraw_what_was_prepared(gated: Gated) -> None:
    await gated.prepare("Hội làng Đông")
    gated.declare(edition_to_approve(times=("07:30",)))
    await reschedule_profiles(gated.services)
    await gated.clock.advance(LEAD)
    assert await gated.tick() == 0
    assert await gated.statuses() == []
    assert (await gated.gate()).closed_at is not None
    await gated.clock.advance(25 * MINUTE)
    await gated.tick()
    assert await gated.statuses() == ["prepared"]
    await gated.clock.advance(LEAD)
    assert await gated.tick() == 1


async def test_an_edition_taken_out_meanwhile_leaves_its_readers_the_other_ones_issue(gated: Gated) -> None:
    await gated.prepare("Hội làng Đông")
    await gated.say(GateAnswer.HOLD)
    gated.declare(replace(edition_to_approve(), name="moi", approval=None))
    await reschedule_profiles(gated.services)
    await gated.clock.advance(LEAD)
    assert await gated.tick() == 1
    assert [row.edition for row in await gated.rows(issues)] == ["moi"]
    await gated.tick()
    assert await gated.open_gates() == []


async def test_without_approve_in_the_file_what_was_prepared_goes(gated: Gated) -> None:
    await gated.prepare("Hội làng Đông")
    await gated.say(GateAnswer.HOLD)
    gated.declare(replace(edition_to_approve(), approval=None))
    await gated.clock.advance(LEAD)
    assert await gated.tick() == 1


async def test_a_late_issue_waits_as_long_as_it_would_have(gated: Gated) -> None:
    await gated.reader(1)
    await gated.story("Hội làng Đông")
    await gated.clock.advance(TO_SLOT + 10 * MINUTE)  # the bot was down
    assert await gated.tick() == 0
    assert await gated.statuses() == ["prepared"]
    await gated.clock.advance(LEAD - MINUTE)
    assert await gated.tick() == 0
    await gated.clock.advance(MINUTE)
    assert await gated.tick() == 1


async def test_after_days_down_only_the_latest_slot_is_asked_about(gated: Gated) -> None:
    await gated.reader(1)
    await gated.clock.advance(TO_GATE)
    await gated.story("Hội làng Đông")
    await gated.tick()
    await gated.clock.advance(48 * HOUR + LEAD + MINUTE)
    await gated.story("Mưa lớn ở đèo Ngang")
    await gated.tick()
    await gated.tick()
    assert sorted(await gated.statuses()) == ["prepared", "skipped", "skipped"]
    [latest] = await gated.open_gates()
    assert await gated.say(GateAnswer.SEND, latest)
    assert await gated.tick() == 1


async def test_a_clock_set_back_sends_nothing_twice(gated: Gated) -> None:
    await gated.prepare("Hội làng Đông")
    earlier = ManualClock(gated.clock.now() - dt.timedelta(hours=1))
    gated.services.clock = earlier
    assert await gated.tick() == 0
    await earlier.advance(HOUR + LEAD)
    assert await gated.tick() == 1
    assert await gated.tick() == 0
    assert await gated.statuses() == ["made"]


async def test_sent_by_hand_meanwhile_the_prepared_issue_tells_nothing_again(gated: Gated) -> None:
    await gated.prepare("Hội làng Đông")
    await gated.clock.advance(5 * MINUTE)
    assert await send_edition_now(gated.services, "sang") == 1
    await gated.clock.advance(15 * MINUTE)
    assert await gated.tick() == 0
    assert await gated.statuses() == ["made", "empty"]


async def test_everybody_left(gated: Gated) -> None:
    await gated.prepare("Hội làng Đông")
    async with gated.services.database.write() as connection:
        await delete_subscriber(connection, 1)
        await join_profile(
            connection,
            Choices("sang"),
            next_due_at=gated.clock.now() + dt.timedelta(days=1),
            now=gated.clock.now(),
        )
    await gated.clock.advance(LEAD)
    assert await gated.tick() == 0
    await gated.tick()
    assert await gated.statuses() == []
    assert await gated.open_gates() == []


class Killed(BaseException):
    """The end of a process between two transactions."""


async def until_it_survives(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> int:
    """Tick, killed at the first transaction, then at the second, and so on; return how many kills."""
    whole = gated.services.database.write
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

        monkeypatch.setattr(gated.services.database, "write", broken)
        try:
            await gated.tick()
        except Killed:
            continue
        finally:
            monkeypatch.setattr(gated.services.database, "write", whole)
        return kills
    raise AssertionError("it never came through")


async def test_a_kill_between_any_two_transactions_loses_and_doubles_nothing(
    gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gated.reader(1)
    await gated.reader(2, length="gon")
    bad = await gated.story("Cháy lớn ở chợ Kho", sapo=FIRE)
    await gated.story("Hội làng Đông")
    await gated.clock.advance(TO_GATE)
    assert await until_it_survives(gated, monkeypatch) > 2
    await gated.drop(bad)
    assert await until_it_survives(gated, monkeypatch) > 1
    await gated.clock.advance(LEAD)
    assert await until_it_survives(gated, monkeypatch) > 1
    await gated.tick()
    assert await gated.statuses() == ["made", "made"]
    assert await gated.headlines() == {"Hội làng Đông"}
    found = await gated.rows(deliveries)
    assert sorted(row.subscriber_id for row in found) == [1, 2]
    assert (await gated.gate()).was_sent


async def test_the_reasons_name_the_gate(gated: Gated) -> None:
    bad, _ = await gated.prepare("Cháy lớn ở chợ Kho", "Hội làng Đông")
    await gated.drop(bad)
    await gated.say(GateAnswer.HOLD)
    await gated.clock.advance(LEAD + 10 * MINUTE)
    await gated.tick()
    [article] = [row.id for row in await gated.rows(articles) if row.story_id == bad]
    found = await why_article(gated.services, 1, str(article))
    assert found is not None
    assert found[1].code == "gate_dropped"
    view = await find_reader_view(gated.services, 1)
    assert view is not None
    assert [one.code for one in view.next.reasons] == [Why.GATE]
    assert [reason.code for _, reason in (await list_issues(gated.services, days=1, limit=9))[1]] == [
        Why.GATE
    ]
    await gated.say(GateAnswer.SEND)
    await gated.tick()
    d = deliveries.c
    async with gated.services.database.write() as connection:
        await connection.execute(update(deliveries).values(status="sent", changed_at=d.not_before))
    view = await find_reader_view(gated.services, 1)
    assert view is not None
    assert [reason.words for _, reason in view.past] == ["đã gửi lúc 06:55: đợi người quản trị duyệt 10 phút"]
    [(_, reason)] = (await list_issues(gated.services, days=1, limit=9))[1]
    assert (reason.code, reason.words) == (Why.GATE, "gửi muộn 10 phút vì đợi người quản trị duyệt")
