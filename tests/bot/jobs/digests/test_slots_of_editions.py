"""Readers of several editions: each comes at its own times under its own name, with new stories only."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, true

from bot.jobs.digests.slots import run_due_slots, send_edition_now
from bot.news.newsroom import Edition, Newsroom
from bot.news.reader_notices import find_audience
from bot.news.services import Services
from bot.operators.schedule_control import list_coming_slots, list_issues
from storage.delivery.announcements import count_audience, readers_of
from storage.profiles import Choices
from storage.tables import issues, messages
from tests.bot.jobs.digests.test_slots import DAY, HOUR, MINUTE, TO_SLOT, Reader, Story, told_stories
from tests.manual_clock import ManualClock

TO_EVENING = 11 * HOUR + 45 * MINUTE  # from 6:45 to 18:30
BOTH = {"edition": "sang", "more_editions": ("toi",)}


@pytest.fixture
def services(services: Services, make_newsroom: Callable[..., Newsroom], edition: Any) -> Services:
    """A newsroom with a morning and an evening edition."""
    services.newsroom = make_newsroom(edition("sang"), edition("toi", "18:30"))
    return services


async def heads(services: Services) -> list[tuple[str, str]]:
    """Return the edition and the heading of each issue's message, oldest first."""
    query = select(issues.c.edition, messages.c.html).join(messages, messages.c.issue_id == issues.c.id)
    async with services.database.read() as connection:
        rows = await connection.execute(query.order_by(issues.c.slot_at, issues.c.id))
        return [(row.edition, row.html.split("</b>")[0].removeprefix("<b>")) for row in rows]


async def test_each_edition_comes_under_its_own_name_and_the_later_one_tells_what_is_new(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any
) -> None:
    await reader(1, **BOTH)
    first = await story("Cầu mới thông xe ở Bến Lở")
    await clock.advance(TO_SLOT)
    assert await run_due_slots(services, admin_chat) == 1
    second = await story("Chợ quê mở lại sau bão")
    await clock.advance(TO_EVENING)
    assert await run_due_slots(services, admin_chat) == 1
    assert await heads(services) == [("sang", "Bản tin sang"), ("toi", "Bản tin toi")]
    assert await told_stories(services) == [[first], [second]]


async def test_an_edition_of_other_topics_looks_back_to_its_own_slot_before(
    services: Services, clock: ManualClock, reader: Reader, story: Story, admin_chat: Any, edition: Any
) -> None:
    services.newsroom = replace(
        services.newsroom, editions=(edition("sang"), replace(edition("toi", "18:30"), topics=("kinh-te",)))
    )
    await reader(1, **BOTH)
    await clock.advance(TO_SLOT)
    await run_due_slots(services, admin_chat)
    sport = await story("Đội bóng xã lên hạng", topic="the-thao")
    money = await story("Giá lúa nhích lên", topic="kinh-te")
    await clock.advance(TO_EVENING)
    await run_due_slots(services, admin_chat)
    await clock.advance(DAY - TO_EVENING)
    await run_due_slots(services, admin_chat)
    assert [each for each in await told_stories(services) if each] == [[money], [sport]]


async def test_sending_one_edition_now_reaches_who_takes_it_beside_others(
    services: Services, reader: Reader, story: Story
) -> None:
    await reader(1, **BOTH)
    await reader(2, edition="sang")
    await story("Trường làng có thư viện")
    assert await send_edition_now(services, "toi") == 1
    assert await heads(services) == [("toi", "Bản tin toi")]


async def test_operators_see_the_readers_of_each_edition(services: Services, reader: Reader) -> None:
    await reader(1, **BOTH)
    await reader(2, edition="sang")
    assert [(await find_audience(services, name)).readers for name in ("sang", "toi")] == [2, 1]
    async with services.database.read() as connection:
        assert await count_audience(connection, readers_of([Choices("sang")])) == 1
        assert await count_audience(connection, true()) == 2
    coming, _ = await list_issues(services, days=1, limit=5)
    assert [(one.edition, one.readers) for one in coming] == [("sang", 2)], "the next slot of each"
    [slots] = await list_coming_slots(services, [services.newsroom])
    assert [(one.edition, one.readers) for one in slots[:2]] == [("sang", 2), ("toi", 1)]


@pytest.fixture
def declared(make_newsroom: Callable[..., Newsroom], edition: Callable[..., Edition]) -> Newsroom:
    """The morning's edition, and the evening's on working days."""
    evening = edition("toi", "18:30", days=frozenset(range(5)))
    return make_newsroom(
        replace(edition("sang"), title="Bản tin sáng"), replace(evening, title="Bản tin tối")
    )


def local(text: str) -> dt.datetime:
    """Return a moment of Việt Nam."""
    return dt.datetime.fromisoformat(f"{text}+07:00")


def test_days_hold_for_the_edition_that_has_them(declared: Newsroom) -> None:
    both = declared.edition_for(Choices("sang", more_editions=("toi",)))
    assert both.title == "Bản tin sáng và Bản tin tối"
    friday, monday = local("2026-08-14T12:00"), local("2026-08-17T23:00")
    slots = both.schedule.slots_between(friday, monday)
    assert [one.astimezone(local("2026-01-01T00:00").tzinfo).strftime("%a %H:%M") for one in slots] == [
        "Fri 18:30", "Sat 06:45", "Sun 06:45", "Mon 06:45", "Mon 18:30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("choices", "at", "title"),
    [
        (Choices("sang"), "06:45", "Bản tin sáng"),
        (Choices("sang", times=("07:00", "19:00")), "19:00", "Bản tin tối"),
        (Choices("sang", times=("12:00",)), "12:00", "Bản tin trưa"),
        (Choices("sang", more_editions=("toi",), times=("07:00", "20:00")), "07:00", "Bản tin sáng"),
        (Choices("sang", more_editions=("toi",), times=("07:00", "20:00")), "20:00", "Bản tin tối"),
        (Choices("sang", more_editions=("mat",)), "06:45", "Bản tin sáng"),
    ],
)
def test_the_title_fits_the_hour(declared: Newsroom, choices: Choices, at: str, title: str) -> None:
    assert declared.edition_at(choices, local(f"2026-08-17T{at}")).title == title


def test_of_own_times_each_is_for_the_nearest_edition(declared: Newsroom) -> None:
    chosen = declared.editions_for(Choices("sang", more_editions=("toi",), times=("00:30", "07:00", "17:00")))
    assert [(one.name, [f"{time:%H:%M}" for time in one.schedule.times]) for one in chosen] == [
        ("sang", ["07:00"]),
        ("toi", ["00:30", "17:00"]),
    ]
    only = declared.editions_for(Choices("sang", more_editions=("toi",), times=("07:00",)))
    assert [one.name for one in only] == ["sang"], "an edition without a time does not come"


def test_a_paused_edition_leaves_the_other(declared: Newsroom) -> None:
    paused = replace(declared.editions[0], is_paused=True)
    newsroom = replace(declared, editions=(paused, declared.editions[1]))
    both = newsroom.edition_for(Choices("sang", more_editions=("toi",)))
    assert (both.title, both.is_paused) == ("Bản tin tối", False)
