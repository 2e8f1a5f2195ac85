"""A week of 200 readers in 12 profiles against an oracle written straight from the rules.

The real jobs and the real library over HTTP; restarts at random, and one second before and after slots. The
oracle knows nothing of windows, rows or moments in UTC: it asks each minute, of each reader, what holds.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from telegram.ext import ExtBot

from bot.chat.settings.choices import join
from bot.emulator.client import Control
from bot.jobs.delivery.sender import Sender
from bot.jobs.digests.slots import reschedule_profiles, run_due_slots
from bot.news.newsroom import Edition, Newsroom
from bot.news.services import Services
from storage.articles import store_articles
from storage.engine import Database
from storage.intake.drafts import Incoming
from storage.processing.processed import Findings, make_stories, save_work
from storage.profiles import Choices
from storage.subscribers import delete_subscriber, set_profile, set_quiet, set_status, subscribe
from storage.times import Published
from summarizer.model import Place, sentence_at
from tests.manual_clock import ManualClock
from tests.waiting import find_waiting

START = dt.datetime(2026, 3, 1, 22, 0, tzinfo=dt.UTC)  # Monday 5:00 in Việt Nam; New York leaps on Sunday
SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)
READERS = 200
HOME = "Asia/Ho_Chi_Minh"
TOPICS = ("thoi-su", "kinh-te", "the-thao")
EDITION_TIMES = {"sang": ("06:45",), "toi": ("18:30", "22:10")}
PROFILES = [
    Choices("sang"),
    Choices("toi"),
    Choices("sang", topics=("kinh-te",)),
    Choices("toi", topics=("the-thao",)),
    Choices("sang", times=("05:30",)),
    Choices("sang", times=("07:00", "19:00")),
    Choices("toi", times=("12:00",), days=(0, 2, 4)),
    Choices("sang", zone="Europe/Berlin"),
    Choices("toi", times=("21:55",), topics=("kinh-te", "the-thao")),
    Choices("sang", times=("06:45",), days=(5, 6)),
    Choices("sang", times=("23:40",), zone="America/New_York"),
    Choices("toi", topics=("thoi-su",), times=("00:05",)),
]
QUIETS = [(22 * 60, 6 * 60 + 30), (0, 0), (12 * 60, 13 * 60), (23 * 60, 5 * 60)]


@dataclass
class Person:
    """A reader as the rules see them."""

    chat: int
    choices: Choices
    quiet: tuple[int, int]
    is_active: bool = True
    is_there: bool = True

    @property
    def listens(self) -> bool:
        """Tell whether issues are for this person now."""
        return self.is_active and self.is_there


@dataclass
class Oracle:
    """What each reader must get, and when."""

    stories: list[tuple[dt.datetime, str]] = field(default_factory=list)
    covered_until: dict[str, dt.datetime] = field(default_factory=dict)
    waiting: list[tuple[dt.datetime, Person]] = field(default_factory=list)

    def minute(self, now: dt.datetime, people: Sequence[Person]) -> Counter[int]:
        """Return how many issues arrive in each chat in this minute."""
        for choices in filter(lambda each: is_slot(each, now), PROFILES):
            readers = [one for one in people if one.choices == choices and one.listens]
            if readers and self._has_news(choices, now):
                zone = choices.zone or HOME
                self.waiting += [(end_of_quiet(one.quiet, now, zone), one) for one in readers]
        arriving = Counter(one.chat for due, one in self.waiting if due <= now)
        self.waiting = [row for row in self.waiting if row[0] > now]
        return arriving

    def _has_news(self, choices: Choices, now: dt.datetime) -> bool:
        after = self.covered_until.get(choices.key, now - 24 * HOUR)
        self.covered_until[choices.key] = now
        wanted = choices.topics or TOPICS
        return any(
            after < at <= now and at >= now - 48 * HOUR and topic in wanted for at, topic in self.stories
        )

    def stops(self, person: Person) -> None:
        """Call off what waits for someone who paused or left."""
        self.waiting = [row for row in self.waiting if row[1] is not person]


def is_slot(choices: Choices, now: dt.datetime) -> bool:
    """Tell whether this very minute is one of the chosen times on a chosen day."""
    local = now.astimezone(ZoneInfo(choices.zone or HOME))
    times = choices.times or EDITION_TIMES[choices.edition]
    return f"{local:%H:%M}" in times and (not choices.days or local.weekday() in choices.days)


def end_of_quiet(quiet: tuple[int, int], now: dt.datetime, zone: str) -> dt.datetime:
    """Return the first minute from `now` on that is not quiet: walk there."""
    while is_quiet(quiet, now, zone):
        now += MINUTE
    return now


def is_quiet(quiet: tuple[int, int], now: dt.datetime, zone: str) -> bool:
    """Tell whether someone sleeps."""
    start, end = quiet
    local = now.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    if start == end:
        return False
    return start <= minute < end if start < end else minute >= start or minute < end


class Town:
    """The product's side: the same people in the database and the emulator, and the jobs that serve them."""

    def __init__(self, services: Services, telegram: ExtBot[None], users: Control) -> None:
        self.services = services
        self._telegram = telegram
        self._users = users
        self._sender = Sender(services, telegram)
        self._seen: Counter[int] = Counter()

    async def settle(self, people: Sequence[Person]) -> None:
        """Subscribe everybody."""
        for one in people:
            await self._users.user(f"Bạn {one.chat}", id=one.chat, started=True)
        now = self.services.clock.now()
        async with self.services.database.write() as connection:
            for one in people:
                profile = await join(connection, one.choices, self.services.newsroom, now=now)
                await subscribe(connection, one.chat, kind="private", profile_id=profile, now=now)
                await set_quiet(connection, one.chat, *one.quiet, now=now)

    async def follow(self, one: Person) -> None:
        """Write down what a person changed, as chat does."""
        now = self.services.clock.now()
        async with self.services.database.write() as connection:
            if not one.is_there:
                await delete_subscriber(connection, one.chat)
                return
            if one.is_active:
                profile = await join(connection, one.choices, self.services.newsroom, now=now)
                await set_profile(connection, one.chat, profile, now=now)
            await set_status(connection, one.chat, "active" if one.is_active else "paused", now=now)

    async def restart(self) -> None:
        """End the process and start another one on the same database."""
        url = str(self.services.database.url)
        await self.services.database.close()
        self.services.database = Database(url)
        self._sender = Sender(self.services, self._telegram)
        await self._sender.recover()
        await reschedule_profiles(self.services)

    async def tick(self, admin_chat: Any) -> Counter[int]:
        """Do what the minute asks for, and return how many messages came into each chat."""
        await run_due_slots(self.services, admin_chat)
        sent = 0
        while batch := await self._sender.send_batch():
            sent += batch
        if not sent:
            return Counter()
        chats = (await self._users.get("chats"))["chats"]
        counts = Counter({row["chat"]["id"]: row["messages"] for row in chats})
        new = counts - self._seen
        self._seen = counts
        return new


def interesting(minutes: int) -> Iterator[dt.datetime]:
    """Yield every minute of the first day, then those in which the rules have something to say."""
    quiet_ends = {end for _, end in QUIETS}
    zones = {choices.zone or HOME for choices in PROFILES}
    for number in range(1, minutes + 1):
        now = START + number * MINUTE
        locals_ = [now.astimezone(ZoneInfo(zone)) for zone in zones]
        ends = any(local.hour * 60 + local.minute in quiet_ends for local in locals_)
        if number <= 24 * 60 or ends or any(is_slot(choices, now) for choices in PROFILES):
            yield now


@pytest.mark.lasts(seconds=20)
async def test_every_reader_gets_every_issue_once_in_its_minute(
    sqlite_database: Database,
    clock: ManualClock,
    make_newsroom: Callable[..., Newsroom],
    edition: Callable[..., Edition],
    telegram: ExtBot[None],
    users: Control,
    admin_chat: Any,
) -> None:
    """Restarts, pauses, changes of mind and departures included."""
    chance = random.Random(20260302)
    editions = [edition(name, *times) for name, times in EDITION_TIMES.items()]
    services = Services(sqlite_database, clock, make_newsroom(*editions))
    people = [
        Person(chat, PROFILES[chat % len(PROFILES)], chance.choice(QUIETS)) for chat in range(1, READERS + 1)
    ]
    town, oracle = Town(services, telegram, users), Oracle()
    await town.settle(people)
    arrivals = 0
    for now in interesting(7 * 24 * 60):
        if any(is_slot(choices, now) for choices in PROFILES):
            await to(clock, now - SECOND)
            if chance.random() < 0.2:
                await town.restart()
            assert await town.tick(admin_chat) == Counter(), "a second too early"
        await to(clock, now)
        if chance.random() < 0.02:
            await town.restart()
        expected, came = oracle.minute(now, people), await town.tick(admin_chat)
        assert came == expected, f"at {now}"
        asleep = [
            one for one in people if came[one.chat] and is_quiet(one.quiet, now, one.choices.zone or HOME)
        ]
        assert asleep == []
        arrivals += came.total()
        if came and chance.random() < 0.2:
            await to(clock, now + SECOND)
            await town.restart()
            assert await town.tick(admin_chat) == Counter(), "twice"
        await to(clock, now + 30 * SECOND)
        if chance.random() < (0.01 if now < START + 24 * HOUR else 0.3):
            topic = chance.choice(TOPICS)
            await publish(town.services, f"Chuyện thứ {len(oracle.stories)} ở xóm {chance.random()}", topic)
            oracle.stories.append((clock.now(), topic))
        if chance.random() < 0.05:
            await change_of_mind(chance.choice(people), chance, town, oracle)
    await town.services.database.close()
    assert arrivals > 5 * READERS, "a quiet week proves nothing"


async def to(clock: ManualClock, moment: dt.datetime) -> None:
    """Set the clock to `moment`."""
    await clock.advance((moment - clock.now()).total_seconds())


async def change_of_mind(one: Person, chance: random.Random, town: Town, oracle: Oracle) -> None:
    """Let a person pause, resume, change profile or leave."""
    if not one.is_there:
        return
    what = chance.choice(["pause", "resume", "change", "change", "leave"])
    if what == "change" and one.is_active:
        one.choices = chance.choice(PROFILES)
    one.is_active = {"pause": False, "resume": True}.get(what, one.is_active)
    one.is_there = what != "leave"
    if not one.listens:
        oracle.stops(one)
    await town.follow(one)


async def publish(services: Services, title: str, topic: str) -> None:
    """Store an article as a story of its own, processed at once."""
    now = services.clock.now()
    article = Incoming(
        key=title, external_id=title, url=None, source="bao-bien", topic=topic, title=title, sapo="",
        body=f"{title} được bà con kể lại.", published=Published(now), text_hash=title, advertorial=False,
        place="thu",
    )  # fmt: skip
    async with services.database.write() as connection:
        await store_articles(connection, [article], now=now)
        [stored] = await find_waiting(connection, 2)
        sentence = sentence_at([stored.document], Place(0, "body", 0, len(stored.body)))
        worked = Findings(stored, (sentence.place,), (await make_stories(connection, 1, now=now))[0], topic)
        await save_work(connection, [worked], now=now)
