"""Whether a "Too Many Requests" concerns one chat or the whole bot, and how long the bot rests."""

import datetime as dt
from types import SimpleNamespace

import pytest

from bot.jobs.delivery.waits import FIRST_REST_SECONDS, LONGEST_REST_SECONDS, FloodWatch, Waits
from bot.news.services import Services
from bot.telegram.limiter import TelegramPace
from bot.telegram.outcomes import Hold
from storage.delivery.claiming import Claimed
from storage.delivery.refusals import hold_chat
from tests.bot.jobs.delivery.test_delivery import Reader
from tests.manual_clock import ManualClock

AN, BINH = 1, 2
LONG = 43_837  # seconds


def test_a_chat_that_is_refused_again_says_nothing_about_the_others() -> None:
    watch = FloodWatch()
    for seconds in (1, 2, 4):
        watch.begin(AN)
        assert watch.refuse(AN, seconds) == 0
    watch.begin(BINH)
    assert watch.has_probe([BINH])
    assert watch.refuse(BINH, LONG) == 4, "no longer than the shortest wait"
    watch.begin(3)
    assert not watch.has_probe([]), "a probe that was called off is none"
    assert watch.accept()
    assert not watch.is_probing


def test_each_probe_that_is_refused_too_doubles_the_rest_of_the_bot() -> None:
    watch, rests = FloodWatch(), []
    for chat in range(1, 8):
        watch.begin(chat)
        rests.append(watch.refuse(chat, LONG))
    assert rests == [0, 60, 120, 240, 480, 900, 900]
    assert (rests[1], rests[-1]) == (FIRST_REST_SECONDS, LONGEST_REST_SECONDS)
    assert watch.accept()
    for chat in (AN, BINH):
        watch.begin(chat)
        rests.append(watch.refuse(chat, LONG))
    assert rests[-2:] == [0, FIRST_REST_SECONDS], "as at first"


def test_a_process_that_takes_over_probes_and_doubles_the_rest_that_it_found() -> None:
    watch = FloodWatch()
    watch.resume()
    assert watch.is_probing
    watch.begin(AN)
    assert watch.refuse(AN, LONG) == 2 * FIRST_REST_SECONDS


def test_only_the_probe_tells_of_other_chats_and_only_while_it_is_under_way() -> None:
    watch = FloodWatch()
    watch.begin(AN)
    watch.begin(BINH)
    assert not watch.has_probe([AN, BINH]), "nothing was refused yet"
    assert watch.refuse(AN, LONG) == watch.refuse(BINH, LONG) == 0, "both were under way already"
    watch.begin(3)
    watch.end(3)
    assert not watch.has_probe([3])
    assert watch.refuse(3, LONG) == 0
    assert not watch.accept(), "the bot did not rest"
    assert not watch.is_probing


async def test_after_the_rest_of_the_bot_one_delivery_at_a_time_is_taken_up(
    services: Services, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    loop = SimpleNamespace(time=lambda: now[0])
    monkeypatch.setattr("bot.jobs.delivery.waits.asyncio", SimpleNamespace(get_running_loop=lambda: loop))
    waits = Waits(clock, None)
    async with services.database.write() as connection:
        for chat in (AN, BINH):
            one = Claimed(chat, chat, "một", tries=1)
            waits.flood.begin(one.chat_id)
            await waits.hold(connection, one, Hold(LONG, "429"))
    for moment, capacity in ((100.0, 0), (159.9, 0), (160.0, 1)):
        now[0] = moment
        assert waits.capacity(30, []) == capacity


async def test_no_more_is_taken_up_than_there_is_room_for(clock: ManualClock) -> None:
    waits = Waits(clock, None)
    assert [waits.capacity(2, in_flight) for in_flight in ([], [AN], [AN, BINH], [AN, BINH, 3])] == [
        2,
        1,
        0,
        0,
    ]


class Holds(TelegramPace):
    """A pace that remembers for how many seconds each chat is held."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[int, float] = {}

    def hold(self, chat_id: int, seconds: float) -> None:
        """Remember it."""
        self.seconds[chat_id] = seconds


async def test_a_process_that_takes_over_lets_chats_wait_for_the_rest_of_their_time(
    services: Services, clock: ManualClock, reader: Reader
) -> None:
    await reader(AN)
    pace = Holds()
    async with services.database.write() as connection:
        await hold_chat(connection, AN, clock.now() + dt.timedelta(seconds=90.5))
        await Waits(clock, pace).recover(connection)
    assert pace.seconds == {AN: 90.5}
