"""A "Too Many Requests" holds one chat; one delivery to another chat finds out about the whole bot."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.emulator.api import Emulator
from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.jobs.delivery.waits import FIRST_REST_SECONDS
from bot.news.services import Services
from bot.telegram.limiter import TelegramPace
from bot.telegram.transport import AiohttpRequest
from storage.delivery.refusals import count_holds, find_held_chats, find_limit
from storage.subscribers import move_chat
from storage.upkeep.stats import find_oldest_due, measure_queue
from tests.bot.jobs.delivery.test_delivery import AN, BINH, Queue, Reader, seen, statuses
from tests.bot.telegram.handmade import bot_at
from tests.manual_clock import ManualClock

LONG = 43_837  # seconds; Telegram has asked a bot for as much
READERS = 300


async def refuse(users: Control, *chats: int, seconds: int = LONG, times: int = 1_000) -> None:
    """Let Telegram refuse messages to these chats; chat 0 is every chat."""
    for chat in chats:
        await users.post(
            "fault", kind="429", method="sendMessage", chat=chat, retry_after=seconds, times=times
        )


async def refusals(users: Control) -> int:
    """Return how often Telegram refused."""
    happened: dict[str, int] = (await users.get("fault"))["happened"]
    return happened.get("429", 0)


async def until_idle(sender: Sender) -> None:
    """Send until nothing is taken up any more."""
    while await sender.send_batch():
        pass


async def test_a_chats_long_wait_holds_nobody_else_and_is_kept_over_a_restart(
    services: Services, clock: ManualClock, telegram: ExtBot[None], queue: Queue, users: Control
) -> None:
    await refuse(users, AN)
    await queue(AN, BINH, 3, parts=("một", "hai"))
    await until_idle(Sender(services, telegram))
    assert await seen(users, BINH) == await seen(users, 3) == ["một", "hai"]
    later = Sender(services, telegram)
    await later.recover()
    await until_idle(later)
    assert await refusals(users) == 1, "it is asked once"
    async with services.database.read() as connection:
        holds = await count_holds(connection, now=clock.now())
        waiting = await measure_queue(connection, now=clock.now())
        oldest = await find_oldest_due(connection, now=clock.now())
    assert (holds.chats, waiting.due, waiting.waiting, oldest) == (1, 0, 2, None)
    await users.delete("fault")
    await clock.advance(LONG + 1)
    await until_idle(later)
    assert await seen(users, AN) == ["một", "hai"]
    async with services.database.read() as connection:
        assert await find_held_chats(connection, now=clock.now()) == []


async def test_when_the_probe_is_refused_too_the_bot_rests_and_a_restart_sends_into_no_wait(
    services: Services, clock: ManualClock, telegram: ExtBot[None], queue: Queue, users: Control
) -> None:
    await queue(*range(1, 101))
    await refuse(users, 0, seconds=LONG)
    sender = Sender(services, telegram)
    await until_idle(sender)
    refused = await refusals(users)
    assert refused <= 33, "those in flight, and one probe"
    async with services.database.read() as connection:
        limit = await find_limit(connection)
    assert limit is not None
    assert (limit - clock.now()).total_seconds() == FIRST_REST_SECONDS
    later = Sender(services, telegram)
    await later.recover()
    assert await later.send_batch() == 0
    await users.delete("fault")
    await clock.advance(FIRST_REST_SECONDS)
    last = Sender(services, telegram)
    await last.recover()
    await until_idle(last)
    assert (await statuses(services)).count("sent") == 100 - refused
    async with services.database.read() as connection:
        assert await find_limit(connection) is None


async def test_a_group_that_moves_leaves_its_wait_behind(
    services: Services, clock: ManualClock, telegram: ExtBot[None], queue: Queue, users: Control
) -> None:
    await refuse(users, AN)
    await queue(AN)
    await until_idle(Sender(services, telegram))
    async with services.database.write() as connection:
        await move_chat(connection, AN, -77, now=clock.now())
        assert await find_held_chats(connection, now=clock.now()) == []


async def test_waits_for_which_telegram_names_no_time_double_until_a_message_arrives(
    services: Services, clock: ManualClock, telegram: ExtBot[None], queue: Queue, users: Control
) -> None:
    await queue(AN, parts=("một", "hai"))
    sender, waits = Sender(services, telegram), []
    for _ in range(3):
        await refuse(users, AN, seconds=0)
        await until_idle(sender)
        async with services.database.read() as connection:
            [(_, until)] = await find_held_chats(connection, now=clock.now())
        waits.append((until - clock.now()).total_seconds())
        await clock.advance(waits[-1] + 1)
        if len(waits) == 2:
            await users.delete("fault")
            await sender.send_batch()
    assert await seen(users, AN) == ["một"]
    assert waits == [10, 20, 10]


@pytest.fixture
async def paced(emulator: Emulator) -> AsyncIterator[ExtBot[None]]:
    """The library with the pace that the running bot has."""
    async with bot_at(emulator.url, request=AiohttpRequest(16), rate_limiter=TelegramPace()) as bot:
        yield bot


async def test_a_reply_that_is_refused_holds_that_chat_for_deliveries_too_and_no_other(
    services: Services, paced: ExtBot[None], queue: Queue, users: Control
) -> None:
    await queue(AN, BINH)
    await refuse(users, AN)
    for _ in range(3):
        with pytest.raises(Exception, match=r"[Ff]lood control"):
            await paced.send_message(AN, "Chào bạn")
    assert isinstance(paced.rate_limiter, TelegramPace)
    sender = Sender(services, paced, pace=paced.rate_limiter)
    await until_idle(sender)
    assert await statuses(services) == ["pending", "sent"]
    assert await refusals(users) == 1, "the others were not asked of Telegram"


async def test_a_short_wait_of_many_chats_keeps_no_place_from_others(
    services: Services, paced: ExtBot[None], queue: Queue, users: Control
) -> None:
    assert isinstance(paced.rate_limiter, TelegramPace)
    await queue(*range(1, 21))
    await refuse(users, *range(1, 5), seconds=5, times=1)
    sender = Sender(services, paced, pace=paced.rate_limiter)
    async with asyncio.timeout(60):
        await until_idle(sender)
    assert await statuses(services) == ["pending"] * 4 + ["sent"] * 16


@dataclass(frozen=True)
class Kind:
    """Whom Telegram refuses, for how long each time, and what else happens meanwhile."""

    chats: Sequence[int]
    waits: Sequence[int] = (LONG,)
    fault: Mapping[str, Any] = field(default_factory=lambda: {"kind": "429"})
    parts: tuple[str, ...] = ("một",)
    batches_before: int = 0  # that go out before it is refused
    restarts: bool = False

    async def refuse(self, users: Control, seconds: int) -> None:
        """Let Telegram refuse."""
        await users.delete("fault")
        for chat in self.chats:
            await users.post(
                "fault", **self.fault, method="sendMessage", chat=chat, retry_after=seconds, times=1_000
            )


EVERYBODY = 0
KINDS = {
    "one chat": Kind([7]),
    "several chats": Kind([7, 90, 91, 200], [300]),
    "a fifth of the chats": Kind(range(1, READERS + 1, 5), [60]),
    "all chats": Kind([EVERYBODY], [43_200]),
    "all chats, in the middle": Kind([EVERYBODY], [30], batches_before=3),
    "growing": Kind([7], [1, 60, LONG]),
    "twelve hours": Kind([7, 8], [43_200]),
    "without a time": Kind([7], [0]),
    "the first and the last": Kind([1, READERS], [600]),
    "over a restart": Kind([7, 8], restarts=True),
    "slow mode": Kind([7], [30], {"kind": "400", "description": "SLOWMODE_WAIT_30"}),
    "between two parts": Kind([1], [60], parts=("một", "hai"), batches_before=1),
}


SHORT = ("one chat", "all chats", "over a restart")  # the other kinds run with the long tests


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, id=name, marks=[] if name in SHORT else pytest.mark.faults)
        for name, kind in KINDS.items()
    ],
)
async def test_whatever_is_refused_every_other_of_300_readers_gets_the_issue(
    services: Services, clock: ManualClock, telegram: ExtBot[None], queue: Queue, users: Control, kind: Kind
) -> None:
    await queue(*range(1, READERS + 1), parts=kind.parts)
    sender = Sender(services, telegram)
    for _ in range(kind.batches_before):
        await sender.send_batch()
    for seconds in kind.waits:
        await kind.refuse(users, seconds)
        await until_idle(sender)
        if kind.restarts:
            sender = await restarted(services, telegram)
            await until_idle(sender)
        await check_others_have_it(services, users, kind)
        await clock.advance(seconds + 1)
    await users.delete("fault")
    await clock.advance(FIRST_REST_SECONDS)
    await until_idle(await restarted(services, telegram))
    assert set(await statuses(services)) == {"sent"}
    assert [await seen(users, chat) for chat in (1, 7, READERS)] == [list(kind.parts)] * 3


async def restarted(services: Services, telegram: ExtBot[None]) -> Sender:
    """Return the sender of a process that takes over."""
    sender = Sender(services, telegram)
    await sender.recover()
    return sender


async def check_others_have_it(services: Services, users: Control, kind: Kind) -> None:
    """Assert that nobody waits but those who were refused, and that these were asked once each time."""
    refused = (await users.get("fault"))["happened"].get(kind.fault["kind"], 0)
    if EVERYBODY in kind.chats:
        assert refused <= 33, "those in flight, and one probe"
        return
    rows = await statuses(services)
    assert len(rows) - rows.count("sent") == len(kind.chats)
    assert refused % len(kind.chats) == 0
    assert refused <= len(kind.chats) * len(kind.waits)


async def test_slow_mode_and_a_groups_limit_hold_that_group(
    services: Services,
    clock: ManualClock,
    telegram: ExtBot[None],
    queue: Queue,
    users: Control,
    reader: Reader,
) -> None:
    groups = [await users.group(title) for title in ("Xóm trên", "Xóm dưới")]
    for group in groups:
        await reader(group)
    await refuse(users, groups[0], seconds=60, times=1)
    await users.post(
        "fault", kind="400", method="sendMessage", chat=groups[1], description="SLOWMODE_WAIT_30"
    )
    await queue(AN)
    await until_idle(Sender(services, telegram))
    assert await statuses(services) == ["pending", "pending", "sent"]
    await clock.advance(61)
    await until_idle(Sender(services, telegram))
    assert await statuses(services) == ["sent"] * 3


async def test_a_chat_refused_in_the_middle_of_its_parts_gets_the_rest_in_order_later(
    services: Services, clock: ManualClock, telegram: ExtBot[None], queue: Queue, users: Control
) -> None:
    await queue(AN, parts=("một", "hai", "ba"))
    sender = Sender(services, telegram)
    await sender.send_batch()
    await refuse(users, AN, seconds=60, times=1)
    await until_idle(sender)
    assert await seen(users, AN) == ["một"]
    await clock.advance(61)
    await until_idle(sender)
    assert await seen(users, AN) == ["một", "hai", "ba"]
