"""Random downtimes in a simulated month: every story is told once or stands in a recorded skip.

The driver runs the bot's own jobs on a clock set by hand: it stops and starts them, puts files and a feed's
items where they find them, and edits the newsroom file. It writes down what it did. The oracle at the end
goes by the contract alone (slots, `max_age`, the late window) and compares the database with it.
"""

import datetime as dt
import email.utils
import itertools
import json
import math
import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.desk import Desk
from bot.jobs.arrivals import Arrivals
from bot.jobs.intake import poll_sources
from bot.jobs.slots import reschedule_profiles, run_due_slots
from bot.jobs.web.polling import WebPolling
from bot.jobs.work_up import WorkUp
from bot.newsroom import Newsroom, Source
from bot.times.clock import ManualClock
from storage.engine import Database
from storage.tables import articles, issue_stories, issues
from tests.bot.conftest import START, Told, make_edition, source
from tests.texts_here import TextsHere

__all__ = ["source"]  # a fixture

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

    def __init__(self, desk: Desk, rng: random.Random, inbox: Source, feed: Source, told: Told) -> None:
        self.desk, self.rng, self.inbox, self.feed, self.told = desk, rng, inbox, feed, told
        assert isinstance(desk.clock, ManualClock)
        self.clock = desk.clock
        self.journal = Journal()
        self.times: tuple[str, ...] = TIMES[0]
        self.items: list[dict[str, str]] = []
        self.numbers, self.rounds = itertools.count(), itertools.count()
        self.begin()

    def begin(self) -> None:
        """Make what a process holds in memory anew."""
        work_up = WorkUp(self.desk.database, self.clock, TextsHere())

        async def follow() -> None:
            return

        web = WebPolling(self.desk, self.told)
        self.arrivals = Arrivals(self.desk, self.told, web=web, work_up=work_up, follow=follow)

    async def go_to(self, moment: dt.datetime) -> None:
        """Let time pass."""
        await self.clock.advance((moment - self.clock.now()).total_seconds())

    def offer(self, *, in_feed: bool) -> None:
        """Put an article into the inbox, or into the feed's file."""
        number = next(self.numbers)
        own = self.rng.sample(SYLLABLES, 63)
        words = [" ".join(own[place : place + 14]).capitalize() + "." for place in range(0, 56, 14)]
        published = self.clock.now() - self.rng.uniform(0, 47) * HOUR
        row = {
            "id": f"tin-{number}",
            "title": " ".join(own[56:]).capitalize(),
            "sapo": words[0],
            "body": "\n".join(words[1:]),
            "published": published.isoformat(),
        }
        self.journal.articles[row["id"]] = Article(row["id"], published)
        if in_feed:
            self.items = [*self.items[-9:], row]
            _write(self.feed.path, rss(self.items))
        else:
            _write(self.inbox.path / f"{number}.jsonl", json.dumps(row, ensure_ascii=False))

    def _note(self, *, is_worked_up: bool) -> None:
        number = next(self.rounds)
        for article in self.journal.articles.values():
            article.stored = article.stored or self.clock.now()
            if is_worked_up and article.seen is None:
                article.seen = number

    async def store(self) -> None:
        """Take files in without working them up: `diemtin ingest`, or a bot killed at the wrong moment."""
        await poll_sources(self.desk, self.told)
        self._note(is_worked_up=False)

    async def take_in(self) -> None:
        """Let the intake tick come."""
        await self.arrivals.take_in()
        self._note(is_worked_up=True)

    async def tick(self) -> None:
        """Let the minute's tick come."""
        await self.arrivals.catch_up()
        if self.arrivals._taken_in_at == self.clock.now():
            self._note(is_worked_up=True)
        await run_due_slots(self.desk, self.told)
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
                await self.store()  # and it is worked up after the slot
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
        self.desk.newsroom = replace(self.desk.newsroom, editions=(edition,))
        self.journal.stops.append((begin, end, before, times))
        self.begin()
        await reschedule_profiles(self.desk)
        await self.tick()


def _write(path: Path, text: str) -> None:
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


@dataclass(frozen=True, slots=True)
class Row:
    """A slot as the database has it, with the articles whose stories it told."""

    slot: dt.datetime
    status: str
    reason: str | None
    round: int
    told: frozenset[str]


async def rows_of(database: Database, profile: int, journal: Journal) -> list[Row]:
    """Read the issues of a profile."""
    async with database.read() as connection:
        names: dict[int, set[str]] = {}
        for story, name in await connection.execute(select(articles.c.story_id, articles.c.external_id)):
            names.setdefault(story, set()).add(name)
        stories: dict[int, list[int]] = {}
        told = select(issue_stories.c.issue_id, issue_stories.c.story_id)
        for issue, story in await connection.execute(told):
            stories.setdefault(issue, []).append(story)
        i = issues.c
        found = select(i.id, i.slot_at, i.status, i.reason, i.made_at).where(i.profile_id == profile)
        return [
            Row(
                row.slot_at, row.status, row.reason, journal.slot_rounds[row.made_at],
                frozenset(name for story in stories.get(row.id, ()) for name in names[story]),
            )
            for row in await connection.execute(found.order_by(i.slot_at))
        ]  # fmt: skip


def expected_slots(journal: Journal, own: tuple[str, ...] | None, end: dt.datetime) -> dict[dt.datetime, str]:
    """Return each slot that the contract wants recorded, as `made` or `skipped`."""
    expected: dict[dt.datetime, str] = {}
    since, times = START, own or TIMES[0]
    for begin, until, before, after in journal.stops:
        for slot in slots_of(own or before, since, begin):
            expected[slot] = "made"
        missed = set(slots_of(own or after, begin, until))
        missed |= set(slots_of(own or before, begin, until)[:1])  # which the old file had announced
        for slot in missed:
            expected[slot] = "skipped"
        due = {*slots_of(own or before, begin, until)[:1], *missed}
        if due and until - max(due) <= LATE_WINDOW:
            expected[max(due)] = "made"
        since, times = until, own or after
    return expected | dict.fromkeys(slots_of(times, since, end), "made")


def check(journal: Journal, rows: list[Row], own: tuple[str, ...] | None, end: dt.datetime) -> None:
    """Compare what the database says of one profile with the contract."""
    recorded = {row.slot: "skipped" if row.status == "skipped" else "made" for row in rows}
    assert recorded == expected_slots(journal, own, end)
    assert [row for row in rows if row.status == "skipped" and not row.reason] == []
    made = [row for row in rows if row.status != "skipped"]
    times_told = Counter(name for row in made for name in row.told if name in journal.articles)
    assert set(times_told.values()) <= {1}, "none is told twice"
    for article in journal.articles.values():
        may_tell = [row for row in made if article.seen is not None and row.round > article.seen]
        told_in = [row for row in made if article.name in row.told]
        if not may_tell:
            assert told_in == []
            continue
        first, before = may_tell[0], [row for row in made if row.round < may_tell[0].round]
        is_young = article.published >= first.slot - MAX_AGE
        was_missed = bool(before) and was_young_enough(article, before[-1], journal)
        assert told_in == ([first] if is_young or was_missed else []), article


def was_young_enough(article: Article, row: Row, journal: Journal) -> bool:
    """Tell whether an article stood there at a slot that could not tell it yet, young enough for it."""
    made_at = next(moment for moment, number in journal.slot_rounds.items() if number == row.round)
    return article.stored is not None and article.stored <= made_at and article.published >= made_at - MAX_AGE


async def leave_out_grouped(database: Database, journal: Journal) -> None:
    """Leave out the few articles that chance made alike: a follow-up may rightly bring their story again."""
    async with database.read() as connection:
        rows = (await connection.execute(select(articles.c.external_id, articles.c.story_id))).all()
    assert {row.external_id for row in rows} == set(journal.articles), "every article was taken in"
    sizes = Counter(row.story_id for row in rows)
    for row in rows:
        if sizes[row.story_id] > 1:
            del journal.articles[row.external_id]


async def random_month(
    desk: Desk, reader: Any, make_newsroom: Callable[..., Newsroom], make_source: Any, seed: int, count: int
) -> Counter[str]:
    """Live through a month and compare it with the oracle; return how many articles were told, and not."""
    rng = random.Random(seed)
    inbox, feed = make_source("tin-vao"), make_source("rss", feed="rss.xml")
    _write(feed.path, rss([]))
    edition = replace(make_edition("sang", *TIMES[0]), reading_minutes=100_000)
    desk.newsroom = make_newsroom(edition, sources=(inbox, feed))
    profiles = [(await reader(1), None), (await reader(2, times=OWN_TIMES), OWN_TIMES)]
    driver = Driver(desk, rng, inbox, feed, Told())
    end = await live_through_a_month(driver, count)
    offered = len(driver.journal.articles)
    await leave_out_grouped(desk.database, driver.journal)
    assert len(driver.journal.articles) > 0.9 * offered
    outcome: Counter[str] = Counter()
    for profile, own in profiles:
        rows = await rows_of(desk.database, profile, driver.journal)
        check(driver.journal, rows, own, end)
        told = {name for row in rows for name in row.told} & set(driver.journal.articles)
        outcome["told"] += len(told)
        outcome["untold"] += len(driver.journal.articles) - len(told)
        outcome["skipped slots"] += sum(row.status == "skipped" for row in rows)
    return outcome


async def test_after_eight_random_downtimes_every_story_was_told_once_or_is_in_a_recorded_skip(
    desk: Desk, reader: Any, make_newsroom: Callable[..., Newsroom], source: Any
) -> None:
    outcome = await random_month(desk, reader, make_newsroom, source, seed=1, count=8)
    assert outcome["told"] > 2 * outcome["untold"]


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(2, 6))
async def test_after_a_hundred_random_downtimes_every_story_was_told_once_or_is_in_a_recorded_skip(
    sqlite_database: Database,
    desk: Desk,
    reader: Any,
    make_newsroom: Callable[..., Newsroom],
    source: Any,
    seed: int,
    record_property: Callable[[str, object], None],
) -> None:
    """Four months of twenty-five downtimes each."""
    outcome = await random_month(desk, reader, make_newsroom, source, seed=seed, count=25)
    assert outcome["skipped slots"] > 0
    for name, number in outcome.items():
        record_property(name, number)
