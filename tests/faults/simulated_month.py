"""A simulated month of a bot with downtimes, and the journal of what happened in it.

The driver runs the bot's own jobs on a clock set by hand: it stops and starts them, puts files and a feed's
items where they find them, and edits the newsroom file.
"""

import datetime as dt
import email.utils
import itertools
import json
import math
import os
import random
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.jobs.digests.slots import reschedule_profiles, run_due_slots
from bot.jobs.digests.tick import Arrivals
from bot.jobs.intake.intake import poll_sources
from bot.jobs.intake.processing import Processor
from bot.jobs.sources.source_polling import WebPolling
from bot.news.newsroom import Source
from bot.news.services import Services
from tests.bot.conftest import AdminChat, make_edition
from tests.manual_clock import ManualClock
from tests.texts_here import TextsHere

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
MAX_AGE, LATE_WINDOW = 48 * HOUR, 2 * HOUR
LOCAL = dt.timezone(7 * HOUR)
TIMES = (("06:45",), ("06:15",), ("07:30",), ("06:45", "18:00"), ("12:00", "20:30"))
OWN_TIMES = ("05:30", "21:15")  # of the second reader
_ONSETS = [
    "b",
    "ch",
    "d",
    "đ",
    "g",
    "h",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "nh",
    "ph",
    "r",
    "s",
    "t",
    "th",
    "tr",
    "v",
    "x",
]
_RHYMES = (
    "an ang ành ao âu ấy ảnh ắc ất ẹp em ên eo êu iếng ìu im inh ích iên oa oán oe ôi ông ơn ọc ong ốt ờm ộp "
    "ua uối ươi ường uyến ũng un ui ữa ừng ưu ủ"
)
SYLLABLES = [
    onset + rhyme for onset in _ONSETS for rhyme in _RHYMES.split()
]  # so many that no two texts are alike


@dataclass(slots=True)
class Article:
    """What the driver offered: when it was published, stored by a job, and when a round of work saw it."""

    name: str
    published: dt.datetime
    stored: dt.datetime | None = None
    seen: int | None = None  # the number of the round


@dataclass(slots=True)
class Journal:
    """What the driver did, for the oracle. `rounds` of work and of slots are counted together."""

    articles: dict[str, Article] = field(default_factory=dict)
    stops: list[tuple[dt.datetime, dt.datetime, tuple[str, ...], tuple[str, ...]]] = field(
        default_factory=list
    )  # from, until, times before and after
    slot_rounds: dict[dt.datetime, int] = field(default_factory=dict)  # by the clock


class Driver:
    """A bot on a clock set by hand."""

    def __init__(
        self, services: Services, rng: random.Random, inbox: Source, feed: Source, admin_chat: AdminChat
    ) -> None:
        self.services, self.rng, self.inbox, self.feed, self.admin_chat = (
            services,
            rng,
            inbox,
            feed,
            admin_chat,
        )
        assert isinstance(services.clock, ManualClock)
        self.clock = services.clock
        self.journal = Journal()
        self.times: tuple[str, ...] = TIMES[0]
        self.items: list[dict[str, str]] = []
        self.numbers, self.rounds = itertools.count(), itertools.count()
        self.begin()

    def begin(self) -> None:
        """Make what a process holds in memory anew."""
        processor = Processor(self.services.database, self.clock, TextsHere())

        async def follow() -> None:
            return

        web = WebPolling(self.services, self.admin_chat)
        self.arrivals = Arrivals(self.services, self.admin_chat, web=web, processor=processor, follow=follow)

    async def go_to(self, moment: dt.datetime) -> None:
        """Let time pass."""
        await self.clock.advance((moment - self.clock.now()).total_seconds())

    def offer(self, *, in_feed: bool) -> None:
        """Put an article into the inbox, or into the feed's file."""
        number = next(self.numbers)
        title, *sentences = unlike_texts(self.rng)
        published = self.clock.now() - self.rng.uniform(0, 47) * HOUR
        row = {
            "id": f"tin-{number}",
            "title": title,
            "sapo": sentences[0],
            "body": "\n".join(sentences[1:]),
            "published": published.isoformat(),
        }
        self.journal.articles[row["id"]] = Article(row["id"], published)
        if in_feed:
            self.items = [*self.items[-9:], row]
            write_file(self.feed.path, rss(self.items))
        else:
            write_file(self.inbox.path / f"{number}.jsonl", json.dumps(row, ensure_ascii=False))

    def _note(self, *, is_processed: bool) -> None:
        number = next(self.rounds)
        for article in self.journal.articles.values():
            article.stored = article.stored or self.clock.now()
            if is_processed and article.seen is None:
                article.seen = number

    async def store(self) -> None:
        """Take files in without processing them: `diemtin ingest`, or a bot killed at the wrong moment."""
        await poll_sources(self.services, self.admin_chat)
        self._note(is_processed=False)

    async def take_in(self) -> None:
        """Let the intake tick come."""
        await self.arrivals.take_in()
        self._note(is_processed=True)

    async def tick(self) -> None:
        """Let the minute's tick come."""
        await self.arrivals.catch_up()
        if self.arrivals._taken_in_at == self.clock.now():
            self._note(is_processed=True)
        await run_due_slots(self.services, self.admin_chat)
        self.journal.slot_rounds[self.clock.now()] = next(self.rounds)

    async def run_until(self, end: dt.datetime) -> None:
        """Run the bot: at each slot the tick, with articles that come in about it."""
        while (slot := min(self._slots_after(self.clock.now()))) < end:
            for _ in range(self.rng.randrange(3)):
                moment = self.clock.now() + self.rng.random() * (slot - 5 * MINUTE - self.clock.now())
                if moment > self.clock.now():
                    await self.go_to(moment)
                    self.offer(in_feed=self.rng.random() < 0.1)
                    await self.take_in()
            if self.clock.now() < slot - MINUTE and self.rng.random() < 0.3:
                await self.go_to(max(self.clock.now(), slot - 2 * MINUTE))
                await self.take_in()
                self.offer(in_feed=False)
                await self.store()  # and it is processed after the slot
            await self.go_to(slot)
            await self.tick()
            await self.take_in()
        await self.go_to(end)

    def _slots_after(self, moment: dt.datetime) -> list[dt.datetime]:
        return [next(iter(s for s in slots_of(t, moment, moment + 2 * DAY))) for t in (self.times, OWN_TIMES)]

    async def be_down_until(self, end: dt.datetime, times: tuple[str, ...]) -> None:
        """Stop, let articles come, edit the newsroom file, and start."""
        begin, before = self.clock.now(), self.times
        await self.tick()
        for _ in range(self.rng.randrange(1, 5)):
            moment = self.clock.now() + self.rng.random() * (end - self.clock.now())
            await self.go_to(moment)
            self.offer(in_feed=self.rng.random() < 0.2)
            if self.rng.random() < 0.2:
                await self.store()
        await self.go_to(end)
        self.times = times
        edition = replace(make_edition("sang", *times), reading_minutes=100_000)
        self.services.newsroom = replace(self.services.newsroom, editions=(edition,))
        self.journal.stops.append((begin, end, before, times))
        self.begin()
        await reschedule_profiles(self.services)
        await self.tick()


def unlike_texts(rng: random.Random) -> list[str]:
    """Return a title and four sentences of random syllables: a report that is like no other."""
    own = rng.sample(SYLLABLES, 63)
    sentences = [" ".join(own[place : place + 14]).capitalize() + "." for place in range(0, 56, 14)]
    return [" ".join(own[56:]).capitalize(), *sentences]


def write_file(path: Path, text: str) -> None:
    """Write a file that counts as settled."""
    path.write_text(text, "utf-8")
    number = next(_seconds)
    os.utime(path, (number, number))  # long settled, and never twice the same


_seconds = itertools.count(1_700_000_000)


def rss(items: list[dict[str, str]]) -> str:
    """Return a feed of these items."""
    parts = [
        f"<item><guid>{item['id']}</guid><title>{item['title']}</title>"
        f"<description>{item['sapo']} {item['body']}</description>"
        f"<pubDate>{email.utils.format_datetime(dt.datetime.fromisoformat(item['published']))}</pubDate></item>"
        for item in items
    ]
    return f'<rss version="2.0"><channel><title>Báo</title>{"".join(parts)}</channel></rss>'


def slots_of(times: tuple[str, ...], after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """Return the slots in (after, until] of local times in Việt Nam, which has no summer time."""
    days = [(after.astimezone(LOCAL) + number * DAY).date() for number in range((until - after).days + 3)]
    moments = (
        dt.datetime.combine(day, dt.time.fromisoformat(time), LOCAL).astimezone(dt.UTC)
        for day in days
        for time in times
    )
    return sorted(moment for moment in moments if after < moment <= until)


def lengths_of(rng: random.Random, count: int) -> list[dt.timedelta]:
    """Return how long the bot is down each time: two minutes to four days, short ones more often."""
    while True:
        drawn = [math.exp(rng.uniform(math.log(2), math.log(4 * 24 * 60))) for _ in range(count)]
        if sum(drawn) < 20 * 24 * 60:
            return [minutes * MINUTE for minutes in drawn]


async def live_through_a_month(driver: Driver, downtimes: int) -> dt.datetime:
    """Run with downtimes at random moments of thirty days; return the end."""
    rng = driver.rng
    lengths = lengths_of(rng, downtimes)
    up = 30 * DAY - sum(lengths, dt.timedelta())
    cuts = sorted(rng.random() for _ in lengths)
    shares = [b - a for a, b in itertools.pairwise([0.0, *cuts])]
    edited = set(rng.sample(range(downtimes), max(1, downtimes // 10)))
    for number, (share, length) in enumerate(zip(shares, lengths, strict=True)):
        await driver.run_until(driver.clock.now() + share * up + MINUTE)
        times = rng.choice(TIMES) if number in edited else driver.times
        await driver.be_down_until(driver.clock.now() + length, times)
    await driver.run_until(driver.clock.now() + 2 * DAY)
    return driver.clock.now()
