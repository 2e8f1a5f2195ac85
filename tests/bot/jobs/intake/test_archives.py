"""An archive is stored and processed at the same time; the rows do not depend on which is faster."""

import asyncio
import datetime as dt
import json
import random
from collections.abc import Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from bot.jobs.intake import archives, processing
from bot.jobs.intake.archives import ArchiveStore
from bot.jobs.intake.intake import Intake
from bot.news.services import Services, take_in_thread
from bot.text_work.tasks import Task
from bot.text_work.worker import Failure, TextWorkError
from storage.articles import count_waiting
from storage.intake.drafts import Origin, Taken
from storage.intake.files import path_drafts
from tests.bot.jobs.intake.test_many_hands import SAMPLES, dump
from tests.texts_here import TextsHere

ORIGIN = Origin()


class Uneven(TextsHere):
    """Processes that are fast or slow by chance, and note how many articles they processed."""

    def __init__(self, width: int, seed: int, most_turns: int) -> None:
        self.width = width
        self.done = 0
        self._chance, self._most_turns = random.Random(seed), most_turns

    async def run(self, task: Task[Any, Any, Any], about: Any, items: Sequence[Any]) -> list[Any | Failure]:
        """Let others go first now and then."""
        for _ in range(self._chance.randrange(self._most_turns)):
            await asyncio.sleep(0)
        self.done += len(items)
        return await super().run(task, about, items)


class Broken(TextsHere):
    """A process that does not work."""

    async def run(self, task: Task[Any, Any, Any], about: Any, items: Sequence[Any]) -> list[Any | Failure]:
        """Raise TextWorkError."""
        raise TextWorkError("none here")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processing, "_BATCH", 7)
    monkeypatch.setattr(archives, "_PROCESSED_FROM", 10)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file in which every fourth article comes again later, with another text."""
    rows = [json.loads(line) for line in SAMPLES.read_text("utf-8").splitlines()][:30]
    told = [row | {"source": "Báo Thử"} for row in rows]
    again = [row | {"sapo": f"Cập nhật: {row.get('sapo') or row['title']}"} for row in told[::4]]
    others = [row | {"id": f"{row['id']}-b", "source": "Báo Khác", "url": ""} for row in rows]
    file = tmp_path_factory.mktemp("archive") / "kho.jsonl"
    lines = [*told, *others[:15], *again, *others[15:]]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in lines), encoding="utf-8")
    return file


async def taken_of(file: Path, now: dt.datetime) -> list[list[Taken]]:
    """Return the file's articles, six at a time."""
    found = list(path_drafts(file, ORIGIN, now=now))
    return [await take_in_thread(found[at : at + 6], ORIGIN, now) for at in range(0, len(found), 6)]


async def take_in(services: Services, file: Path, texts: TextsHere, *, turns: int = 0) -> dict[str, Intake]:
    """Take the file in; other tasks get `turns` turns after each batch."""
    now = services.clock.now()
    async with aclosing(ArchiveStore(services, texts, int, int)) as store:
        for batch in await taken_of(file, now):
            await store.add("kho", batch, now)
            for _ in range(turns):
                await asyncio.sleep(0)
        return await store.finish()


async def test_an_archive_that_updates_its_own_articles_gives_the_same_rows_at_any_speed(
    fresh: Callable[[str], Services], archive: Path
) -> None:
    found = list[list[str]]()
    for name, texts, turns in (
        ("alone", TextsHere(), 0),
        ("slow", Uneven(8, 1, 400), 0),
        ("fast", Uneven(4, 2, 3), 2_000),
        ("uneven", Uneven(2, 3, 60), 100),
    ):
        services = fresh(name)
        tally = (await take_in(services, archive, texts, turns=turns))["kho"].tally
        assert (tally.new, tally.updated, tally.duplicate) == (60, 8, 0)
        found.append(await dump(services.database))
        async with services.database.read() as connection:
            assert await count_waiting(connection) == 0
        await services.database.close()
    assert len(found[0]) > 150
    assert found[1:] == found[:1] * 3


async def test_articles_are_processed_while_others_are_stored(
    fresh: Callable[[str], Services], archive: Path
) -> None:
    services, texts, done = fresh("both"), Uneven(2, 1, 2), list[int]()
    now = services.clock.now()
    async with aclosing(ArchiveStore(services, texts, int, int)) as store:
        for batch in await taken_of(archive, now):
            await store.add("kho", batch, now)
            await asyncio.sleep(0.05)
            done.append(texts.done)
        assert 0 < done[5] < done[-1]
        await store.finish()
    await services.database.close()


async def test_when_processing_fails_storing_ends_with_its_error_and_the_articles_wait(
    fresh: Callable[[str], Services], archive: Path
) -> None:
    services = fresh("broken")
    with pytest.raises(TextWorkError, match="none here"):
        await take_in(services, archive, Broken(), turns=2_000)
    async with services.database.read() as connection:
        assert await count_waiting(connection) > 0
    await take_in(services, archive, TextsHere())
    async with services.database.read() as connection:
        assert await count_waiting(connection) == 0
    await services.database.close()
