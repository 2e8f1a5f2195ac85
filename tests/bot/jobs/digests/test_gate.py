"""Issues that operators approve: composed before their time, frozen, sent or not."""

import datetime as dt

from sqlalchemy import select

from bot.jobs.digests.gate import NOT_APPROVED
from storage.delivery.gates import GateAnswer
from storage.shown_stories import record_shown
from storage.subscribers import set_profile
from storage.tables import deliveries, issues, messages, prepared_readers
from tests.bot.jobs.digests.gated import FIRE, LEAD, SLOT, TO_GATE, Gated, edition_to_approve
from tests.bot.jobs.digests.test_slots import HOUR, MINUTE


async def test_without_an_answer_the_issue_that_was_shown_goes_at_its_time(gated: Gated) -> None:
    await gated.reader(1)
    await gated.story("Hội làng Đông")
    await gated.clock.advance(TO_GATE - MINUTE)
    assert await gated.tick() == 0
    assert await gated.statuses() == []
    await gated.clock.advance(MINUTE)
    assert await gated.tick() == 0
    assert await gated.statuses() == ["prepared"]
    assert await gated.rows(deliveries) == []
    await gated.story("Mưa lớn ở đèo Ngang")
    await gated.clock.advance(LEAD - MINUTE)
    assert await gated.tick() == 0
    await gated.clock.advance(MINUTE)
    assert await gated.tick() == 1
    assert await gated.statuses() == ["made"]
    assert await gated.headlines() == {"Hội làng Đông"}  # what came later is the next issue's
    assert (await gated.gate()).was_sent
    await gated.clock.advance(24 * HOUR - LEAD)
    assert await gated.tick() == 0
    await gated.clock.advance(LEAD)
    assert await gated.tick() == 1
    assert await gated.headlines() == {"Hội làng Đông", "Mưa lớn ở đèo Ngang"}


async def test_an_edition_that_waits_sends_nothing_before_it_is_approved(gated: Gated) -> None:
    gated.declare(edition_to_approve(waits=True))
    await gated.prepare("Hội làng Đông")
    await gated.clock.advance(LEAD + 5 * MINUTE)
    assert await gated.tick() == 0
    assert await gated.say(GateAnswer.SEND)
    assert not await gated.say(GateAnswer.SEND)
    assert await gated.tick() == 1
    [row] = await gated.rows(deliveries)
    assert row.not_before == SLOT + dt.timedelta(minutes=5)
    assert not await gated.say(GateAnswer.HOLD)  # too late


async def test_what_is_held_too_long_is_skipped_and_its_news_comes_next(gated: Gated) -> None:
    await gated.prepare("Hội làng Đông")
    assert await gated.say(GateAnswer.HOLD)
    await gated.clock.advance(LEAD + 2 * HOUR)
    assert await gated.tick() == 0
    await gated.clock.advance(MINUTE)
    assert await gated.tick() == 0
    found = [(row.status, row.reason) for row in await gated.rows(issues)]
    assert found == [("skipped", NOT_APPROVED)]
    await gated.tick()
    closed = await gated.gate()
    assert closed.closed_at is not None
    assert not closed.was_sent
    await gated.clock.advance(22 * HOUR)
    await gated.tick()
    await gated.clock.advance(HOUR)
    assert await gated.tick() == 1
    assert await gated.headlines() == {"Hội làng Đông"}


async def test_a_dropped_story_is_gone_from_all_profiles_and_variants_and_can_be_put_back(
    gated: Gated,
) -> None:
    await gated.reader(1)
    await gated.reader(2, length="gon")
    kept, bad = await gated.story("Hội làng Đông"), await gated.story("Cháy lớn ở chợ Kho", sapo=FIRE)
    await gated.clock.advance(TO_GATE)
    await gated.reader(3, length="gon")  # joined lately: may know other stories
    await gated.tick()
    assert await gated.drop(bad) == "Cháy lớn ở chợ Kho"
    assert await gated.drop(bad) is None  # at once again
    assert await gated.drop(99_999) is None
    assert await gated.statuses() == []
    await gated.tick()
    assert await gated.headlines() == {"Hội làng Đông"}
    assert await gated.restore(bad) == "Cháy lớn ở chợ Kho"
    assert await gated.restore(bad) is None
    assert await gated.restore(kept) is None
    await gated.tick()
    assert await gated.headlines() == {"Hội làng Đông", "Cháy lớn ở chợ Kho"}
    await gated.drop(bad)
    await gated.clock.advance(LEAD)  # nobody composed it anew before its time
    assert await gated.tick() == 3
    assert await gated.headlines() == {"Hội làng Đông"}
    assert all("Cháy lớn" not in row.html for row in await gated.rows(messages))
    assert await gated.drop(kept) is None


async def test_who_moves_away_gets_no_prepared_issue_and_who_comes_gets_it(gated: Gated) -> None:
    await gated.reader(1)
    await gated.reader(2)
    await gated.story("Hội làng Đông")
    await gated.clock.advance(TO_GATE)
    await gated.tick()
    await gated.clock.advance(10 * MINUTE)
    await gated.reader(3)
    later = await gated.reader(4, times=("21:00",))
    async with gated.services.database.write() as connection:
        await set_profile(connection, 2, later, now=gated.clock.now())
    await gated.clock.advance(10 * MINUTE)
    assert await gated.tick() == 2


async def test_a_new_choice_for_the_same_time_joins_the_gate(gated: Gated) -> None:
    bad, _ = await gated.prepare("Cháy lớn ở chợ Kho", "Hội làng Đông")
    await gated.drop(bad)
    await gated.tick()
    await gated.clock.advance(10 * MINUTE)
    await gated.story("Mưa lớn ở đèo Ngang")
    await gated.reader(2, length="gon")
    await gated.clock.advance(10 * MINUTE)
    assert await gated.tick() == 2
    assert await gated.headlines() == {"Hội làng Đông"}


async def test_readers_who_know_other_stories_get_their_own_issue(gated: Gated) -> None:
    await gated.reader(1)
    await gated.reader(2)
    await gated.reader(3)
    seen, unseen = await gated.story("Hội làng Đông"), await gated.story("Mưa lớn ở đèo Ngang")
    await gated.clock.advance(MINUTE)
    async with gated.services.database.write() as connection:
        await record_shown(connection, 2, [seen], shown_at=gated.clock.now())
        await record_shown(connection, 3, [seen, unseen], shown_at=gated.clock.now())
    await gated.clock.advance(TO_GATE - MINUTE)
    await gated.tick()
    assert await gated.statuses() == ["prepared", "prepared"]
    await gated.clock.advance(LEAD)
    assert await gated.tick() == 2
    assert await gated.rows(prepared_readers) == []
    d, m = deliveries.c, messages.c
    async with gated.services.database.read() as connection:
        query = select(d.subscriber_id, m.html).join(messages, m.id == d.message_id).order_by(d.subscriber_id)
        [first, second] = (await connection.execute(query)).all()
    assert "Hội làng Đông" in first.html
    assert "Hội làng Đông" not in second.html
    assert "Mưa lớn" in second.html
