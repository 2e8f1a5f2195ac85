"""A month of 500 readers with their own choices, on both engines, against an oracle that reads what arrives.

The oracle knows nothing of profiles, windows or matching: it looks for words and codes in the messages. Each
report bears a code of its own, so a headline that comes twice is seen. Sending is not simulated: a delivery
arrives at the first tick from which it may go out.
"""

import datetime as dt
import random
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.jobs.breaking_news import send_unscheduled
from bot.jobs.digests.slots import run_due_slots
from bot.news.newsroom import Breaking
from bot.news.services import Services
from storage.alerts.follows import follow_story
from storage.delivery.states import DeliveryStatus, MessageKind
from storage.subscribers import find_subscriber, set_columns
from storage.tables import articles, deliveries, messages, subscribers
from summarizer.reader_tastes import Taste
from tests.manual_clock import ManualClock

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1_800)]

READERS, DAYS, STORIES_A_DAY = 500, 30, 16
HOME = ZoneInfo("Asia/Ho_Chi_Minh")
TOPICS = ("thoi-su", "kinh-te", "the-thao")
PAPERS = ("bao-dong", "bao-tay", "bao-nam", "bao-bac")
SUBJECTS = ("cầu", "trường", "vàng", "lúa", "tàu", "rừng", "phim", "thuốc")
TIMES = ((), ("06:45", "18:30"), ("12:00",), ("07:00",), ("21:45",), ("18:30",))
QUIET = ((0, 0), (22 * 60, 6 * 60 + 30), (20 * 60, 9 * 60), (12 * 60, 13 * 60))
TICKS = sorted(
    {*(dt.time(hour) for hour in range(24)), *map(dt.time.fromisoformat, ("06:45", "18:30", "21:45"))}
)
CODE = re.compile(r"mã[a-z]{6}")


@dataclass
class Person:
    """A reader as the oracle knows him."""

    chat: int
    words_out: tuple[str, ...]
    papers_out: tuple[str, ...]
    quiet: tuple[int, int]
    wants_breaking: bool
    followed: list[str] = field(default_factory=list)  # codes of the news that must come


class Press:
    """Writes stories that have nothing in common but their subject, and tells some of them on."""

    def __init__(self, rng: random.Random, story: Callable[..., Awaitable[int]]) -> None:
        self._rng = rng
        self._story = story
        letters = "bcdghklmnprstvx", "aeiou", "cmnpt"
        self._syllables = ["".join(map(rng.choice, letters)) for _ in range(3_000)]

    def code(self) -> str:
        """Return a code that no other report has."""
        return "mã" + "".join(self._rng.choices("abcdefghiklmnopqrstuvxy", k=6))

    async def report(self, code: str, subject: str, **given: Any) -> int:
        """Publish a story's first report."""
        words = " ".join(self._rng.sample(self._syllables, 16))
        title = f"{subject.capitalize()} {words[:18].rsplit(' ', 1)[0]} {code}"
        return await self._story(title, sapo=f"{words.capitalize()} {subject} {code}.", **given)

    async def news(self, code: str, subject: str, of: int) -> int:
        """Publish what happened next: an act, a decision and a figure."""
        dead = self._rng.randint(3, 90)
        title = f"Tỉnh quyết định đình chỉ nhà thầu vụ {subject} {code}, {dead} người bị bắt"
        sapo = f"Chủ tịch tỉnh quyết định đình chỉ nhà thầu, công an bắt {dead} người vụ {subject} {code}."
        return await self._story(title, sapo=sapo, of=of, source=self._rng.choice(PAPERS), topic="thoi-su")


class Month:
    """The services under test, and what the oracle has seen of them."""

    def __init__(
        self, services: Services, clock: ManualClock, press: Press, rng: random.Random, admin_chat: Any
    ) -> None:
        self.services, self.clock, self.press, self.rng, self.admin_chat = (
            services,
            clock,
            press,
            rng,
            admin_chat,
        )
        self._stories_a_day = STORIES_A_DAY
        self.people: list[Person] = []
        self.arrived: defaultdict[int, list[tuple[dt.datetime, str, str]]] = defaultdict(list)
        self._due: defaultdict[dt.date, list[tuple[str, int]]] = defaultdict(list)  # whose news is to come
        self._followers: defaultdict[int, list[Person]] = defaultdict(list)  # by story

    async def subscribe(self, reader: Callable[..., Awaitable[int]]) -> None:
        """Let everybody choose."""
        rng = self.rng
        for chat in range(1, READERS + 1):
            out, wanted = rng.sample(SUBJECTS, rng.choice((0, 1, 1, 2))), rng.sample(SUBJECTS, 1)
            wanted = [word for word in wanted if word not in out]
            papers = tuple(sorted(rng.sample(PAPERS, rng.choice((0, 0, 1)))))
            person = Person(chat, tuple(sorted(out)), papers, rng.choice(QUIET), rng.random() < 0.3)
            tastes = (Taste("word", rng.choice(SUBJECTS), rng.choice((-2, 1))),) if rng.random() < 0.3 else ()
            await reader(
                chat, quiet=person.quiet, topics=tuple(sorted(rng.sample(TOPICS, rng.choice((0, 0, 1, 2))))),
                times=rng.choice(TIMES), length=rng.choice(("gon", "vua", "daydu")), tastes=tastes,
                words_out=person.words_out, words_in=tuple(wanted), sources_out=papers,
            )  # fmt: skip
            if person.wants_breaking:
                async with self.services.database.write() as connection:
                    await set_columns(connection, chat, {"breaking": 1}, now=self.clock.now())
            self.people.append(person)

    def close(self) -> None:
        """Let nothing more happen."""
        self._stories_a_day = 0
        self._due.clear()

    async def day(self, date: dt.date) -> None:
        """Live through one day."""
        plan: defaultdict[dt.time, list[Callable[[], Awaitable[None]]]] = defaultdict(list)
        for number in range(self._stories_a_day):
            plan[self.rng.choice(TICKS)].append(self._big if number < 2 else self._small)
        for news in self._due.pop(date, []):
            plan[self.rng.choice(TICKS)].append(lambda news=news: self._tell_on(*news))
        for time in TICKS:
            moment = dt.datetime.combine(date, time, HOME).astimezone(dt.UTC)
            await self.clock.advance(max(0.0, (moment - self.clock.now()).total_seconds()))
            for write in plan[time]:
                await write()
            await send_unscheduled(self.services)
            await run_due_slots(self.services, self.admin_chat)
            await self._deliver()

    async def _small(self) -> None:
        subject, code = self.rng.choice(SUBJECTS), self.press.code()
        source, topic = self.rng.choice(PAPERS), self.rng.choice(TOPICS)
        story = await self.press.report(code, subject, source=source, topic=topic)
        if self.rng.random() < 0.15:
            await self._follow(subject, story)

    async def _big(self) -> None:
        """Three papers within the hour: breaking news."""
        subject, topic, of = self.rng.choice(SUBJECTS), self.rng.choice(TOPICS), None
        for source in self.rng.sample(PAPERS, 3):
            of = await self.press.report(self.press.code(), subject, source=source, topic=topic, of=of)

    async def _follow(self, subject: str, story: int) -> None:
        local = self.clock.now().astimezone(HOME).date()
        self._due[local + dt.timedelta(days=self.rng.randint(1, 4))].append((subject, story))
        for person in self.rng.sample(self.people, 5):
            if subject not in person.words_out and not person.papers_out:
                async with self.services.database.write() as connection:
                    subscriber = await find_subscriber(connection, person.chat)
                    article = select(articles.c.id).where(articles.c.story_id == story)
                    number = (await connection.execute(article)).scalar_one()
                    assert subscriber is not None
                    if await follow_story(
                        connection, subscriber.id, number, "", most=20, now=self.clock.now()
                    ):
                        self._followers[story].append(person)

    async def _tell_on(self, subject: str, story: int) -> None:
        code = self.press.code()
        await self.press.news(code, subject, story)
        for person in self._followers[story]:
            person.followed.append(code)

    async def _deliver(self) -> None:
        now = self.clock.now()
        d, m, s = deliveries.c, messages.c, subscribers.c
        is_due = (d.status == DeliveryStatus.PENDING) & (d.not_before <= now)
        query = select(d.id, s.chat_id, d.not_before, m.kind, m.html).select_from(deliveries)
        query = query.join(messages, m.id == d.message_id).join(subscribers, s.id == d.subscriber_id)
        async with self.services.database.write() as connection:
            for row in (await connection.execute(query.where(is_due).order_by(d.id))).all():
                self.arrived[row.chat_id].append((max(now, row.not_before), row.kind, row.html))
            await connection.execute(
                update(deliveries).where(is_due).values(status=DeliveryStatus.SENT, changed_at=now)
            )


def check(person: Person, arrived: Sequence[tuple[dt.datetime, str, str]]) -> None:
    """Check what one reader got."""
    headlines: list[str] = []
    for at, _, html in arrived:
        words = set(re.findall(r"\w+", html.lower()))
        assert not words & set(person.words_out), (person, html)
        assert not any(paper in html for paper in person.papers_out), (person, html)
        assert not is_quiet(at, person.quiet), (person, at)
        headlines += [code for bold in re.findall(r"<b>(.*?)</b>", html) for code in CODE.findall(bold)]
    doubled = {code for code in headlines if headlines.count(code) > 1}
    assert not doubled, (person, doubled)
    breaking = [at.astimezone(HOME) for at, kind, _ in arrived if kind == MessageKind.BREAKING]
    assert not breaking or person.wants_breaking
    for day in {at.date() for at in breaking}:
        assert sum(at.date() == day for at in breaking) <= 3, (person, day)
    assert all(later - earlier >= dt.timedelta(hours=2) for earlier, later in pairwise(breaking))
    everything = "".join(html for *_, html in arrived)
    assert all(code in everything for code in person.followed), person


def is_quiet(at: dt.datetime, quiet: tuple[int, int]) -> bool:
    """Tell whether somebody sleeps."""
    start, end = quiet
    local = at.astimezone(HOME)
    minute = local.hour * 60 + local.minute
    return start <= minute < end if start <= end else minute >= start or minute < end


async def test_a_month_of_readers_with_their_own_choices(
    services: Services, clock: ManualClock, reader: Any, story: Any, admin_chat: Any, edition: Any
) -> None:
    rng = random.Random(11)
    both = (edition("sang", "06:45"), edition("toi", "18:30"))
    rule = Breaking(papers=3, span=dt.timedelta(minutes=60))
    services.newsroom = replace(services.newsroom, editions=both, breaking=rule)
    month = Month(services, clock, Press(rng, story), rng, admin_chat)
    await month.subscribe(reader)
    first = clock.now().astimezone(HOME).date()
    await send_unscheduled(services)
    for number in range(DAYS):
        await month.day(first + dt.timedelta(days=number))
    month.close()
    await month.day(first + dt.timedelta(days=DAYS))  # nothing happens; what waited arrives
    for person in month.people:
        check(person, month.arrived[person.chat])
    kinds = {kind for got in month.arrived.values() for _, kind, _ in got}
    assert kinds >= {MessageKind.DIGEST, MessageKind.ALERT, MessageKind.BREAKING}
    assert sum(len(person.followed) for person in month.people) > DAYS
    assert all(month.arrived[person.chat] for person in month.people)
