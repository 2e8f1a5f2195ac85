"""The twelve questions an operator is asked, each answered with what really happened, on both engines."""

import datetime as dt
from dataclasses import replace
from typing import Any

from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.jobs.digests.slots import run_due_slots
from bot.news.services import Services
from bot.operators.reader_lookup import find_reader_view, why_article
from bot.operators.reasons import Reason, SendingHolds, Why, why_delivery
from bot.operators.schedule_control import list_issues
from bot.times.schedule import QuietHours
from storage.delivery.history import PastDelivery
from storage.delivery.mailings import find_mailing, find_mailings, retract
from storage.delivery.refusals import resume_sending, stop_sending
from storage.delivery.states import DeliveryStatus, IssueStatus, MessageKind
from storage.subscribers import set_quiet, set_status
from tests.bot.operators.answered import MINUTE, TO_SLOT, Story, article_reason, coming, issue, last
from tests.manual_clock import ManualClock


async def test_quiet_hours_are_the_reason_of_a_later_arrival(
    services: Services, clock: ManualClock, chat: int, story: Story, admin_chat: Any, sender: Sender
) -> None:
    async with services.database.write() as connection:
        await set_quiet(connection, chat, 22 * 60, 7 * 60 + 30, now=clock.now())
    assert await coming(services, chat) == ("07:30", [Why.QUIET])
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    reason = await last(services, chat)
    assert (reason.code, reason.words) == (Why.QUIET, "đợi hết giờ yên tĩnh, gửi lúc 07:30")
    assert (await issue(services)).code == Why.QUIET
    await clock.advance(45 * MINUTE)
    await sender.send_batch()
    reason = await last(services, chat)
    assert (reason.code, reason.words) == (
        Why.QUIET, "đã gửi lúc 07:30: đợi 45 phút cho hết giờ yên tĩnh",
    )  # fmt: skip


async def test_a_reader_who_blocked_the_bot_is_the_reason(
    services: Services,
    clock: ManualClock,
    chat: int,
    story: Story,
    admin_chat: Any,
    sender: Sender,
    users: Control,
) -> None:
    await users.post("fault", kind="403", description="Forbidden: bot was blocked by the user")
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    await sender.send_batch()
    assert (await last(services, chat)).code == Why.BLOCKED
    assert "blocked by the user" in (await last(services, chat)).words
    assert await coming(services, chat) == (None, [Why.BLOCKED])


async def test_a_pause_is_the_reason(
    services: Services, clock: ManualClock, chat: int, story: Story, admin_chat: Any
) -> None:
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    until = clock.now() + dt.timedelta(days=2)
    async with services.database.write() as connection:
        await set_status(connection, chat, "paused", now=clock.now(), paused_until=until)
    assert (await last(services, chat)).code == Why.PAUSED
    assert await coming(services, chat) == ("06:45", [Why.PAUSED])
    async with services.database.write() as connection:
        await set_status(connection, chat, "paused", now=clock.now())
    assert await coming(services, chat) == (None, [Why.PAUSED])


async def test_a_digest_after_a_stop_came_late(
    services: Services, clock: ManualClock, chat: int, story: Story, admin_chat: Any, sender: Sender
) -> None:
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT + 47 * MINUTE)
    await run_due_slots(services, admin_chat)
    await sender.send_batch()
    reason = await last(services, chat)
    assert reason.code == Why.MADE_LATE
    assert reason.words.startswith("đã gửi lúc 07:32: số soạn muộn 47 phút")
    assert (await issue(services)).code == Why.MADE_LATE
    await clock.advance(26 * 3600)  # past the late window of the next slot
    await run_due_slots(services, admin_chat)
    assert (await issue(services)).code == Why.SKIPPED
    view = await find_reader_view(services, chat)
    assert view is not None
    assert view.blank[0][1].words == "bỏ qua, quá muộn, bot không chạy lúc đến giờ"


async def test_a_wait_that_telegram_asked_for_is_the_reason(
    services: Services,
    clock: ManualClock,
    chat: int,
    story: Story,
    admin_chat: Any,
    sender: Sender,
    users: Control,
) -> None:
    await users.post("fault", kind="429", chat=chat, retry_after=1_800, method="sendMessage")
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    await sender.send_batch()
    reason = await last(services, chat)
    assert reason.code == Why.HELD
    assert "429" in reason.words
    assert "07:1" in reason.words
    assert (await issue(services)).code == Why.HELD


async def test_a_stop_by_an_operator_is_the_reason(
    services: Services, clock: ManualClock, chat: int, story: Story, admin_chat: Any
) -> None:
    async with services.database.write() as connection:
        await stop_sending(connection, now=clock.now())
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    assert (await last(services, chat)).code == Why.STOPPED
    assert (await issue(services)).code == Why.STOPPED
    assert (await coming(services, chat))[1] == [Why.STOPPED]
    async with services.database.write() as connection:
        await resume_sending(connection)
    assert (await last(services, chat)).code == Why.IN_TURN


async def test_a_retraction_is_the_reason(
    services: Services, clock: ManualClock, chat: int, story: Story, admin_chat: Any
) -> None:
    await story("Hồ làng được nạo vét")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    async with services.database.write() as connection:
        [batch] = await find_mailings(connection, since=clock.now() - dt.timedelta(days=1), limit=1)
        counted = await find_mailing(connection, batch.id)
        assert counted is not None
        await retract(connection, counted, "thử", now=clock.now())
    assert (await last(services, chat)).code == Why.RETRACTED
    assert (await issue(services)).code == Why.RETRACTED


async def test_an_unknown_chat_has_no_reasons(services: Services) -> None:
    assert await find_reader_view(services, 77) is None
    assert await why_article(services, 77, "1") is None


async def test_what_came_in_time_and_what_comes_next(
    services: Services, clock: ManualClock, chat: int, story: Story, admin_chat: Any, sender: Sender
) -> None:
    assert await coming(services, chat) == ("06:45", [])
    await story("Hồ làng được nạo vét")
    code, words = await article_reason(services, chat, "Hồ làng được nạo vét")
    assert (code, words[-5:]) == ("comes_next", "06:45")
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    await sender.send_batch()
    assert await last(services, chat) == Reason(Why.ON_TIME, "đã gửi lúc 06:45")
    ahead, past = await list_issues(services, days=1, limit=10)
    assert [(one.edition, one.readers) for one in ahead] == [("sang", 1)]
    one, reason = past[0]
    assert (one.sent, one.waiting, one.first_sent_at, reason.code) == (1, 0, clock.now(), Why.ON_TIME)


def test_approval_is_waited_for_from_the_moment_the_issue_is_there() -> None:
    slot, zone = dt.datetime(2026, 3, 1, 23, 45, tzinfo=dt.UTC), "Asia/Ho_Chi_Minh"
    made, sent = slot + dt.timedelta(minutes=43), slot + dt.timedelta(minutes=44)
    one = PastDelivery(
        MessageKind.DIGEST,
        "sang",
        slot,
        IssueStatus.MADE,
        0,
        made,
        DeliveryStatus.SENT,
        sent,
        1,
        sent,
        None,
        sent,
    )
    reason = why_delivery(one, QuietHours(0, 0), None, SendingHolds(), zone=zone, now=sent)
    late = "đã gửi lúc 07:29: số soạn muộn 43 phút, lúc đến giờ bot không chạy hoặc đang bận"
    assert reason == Reason(Why.MADE_LATE, late)
    kept = replace(one, made_at=slot - dt.timedelta(minutes=20))
    reason = why_delivery(kept, QuietHours(0, 0), None, SendingHolds(), zone=zone, now=sent)
    assert reason == Reason(Why.GATE, "đã gửi lúc 07:29: đợi người quản trị duyệt 44 phút")


async def test_a_paused_edition_is_the_reason(
    services: Services, clock: ManualClock, chat: int, edition: Any, make_newsroom: Any, admin_chat: Any
) -> None:
    services.newsroom = make_newsroom(replace(edition(), is_paused=True))
    assert await coming(services, chat) == (None, [Why.EDITION_PAUSED])
    assert (await list_issues(services, days=1, limit=10))[0] == []
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    assert await issue(services) == Reason(Why.SKIPPED, "bỏ qua, bản tin tạm ngừng")
