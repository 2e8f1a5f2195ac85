"""The text process: a text that never ends, takes all memory or crashes costs itself only."""

import asyncio
import datetime as dt
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.text_work.tasks import PROCESS, TAKE, Processed, Processing, Taking, Task
from bot.text_work.worker import Failure, TextWorker, TextWorkError
from storage.intake.drafts import Draft, Incoming, Origin, Refusal
from summarizer.model import Document

NOW = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)
ARTICLE = Document(
    "Mưa lớn ở Bến Lở", "", "Nước lũ tràn qua đê bao lúc rạng sáng. Ba trăm hộ dân phải sơ tán."
)
ABOUT = Processing("diemtin")


def task(name: str) -> Task[Any, Any, Any]:
    """Name a task of `poison_process`, which the process under test knows beside its own."""
    anything: TypeAdapter[Any] = TypeAdapter(Any)
    return Task(name, anything, anything, anything, lambda _about, item: item)


@pytest.fixture
async def worker(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TextWorker]:
    """A text process that knows the tasks of `poison_process` too, with half a second of CPU an item."""
    monkeypatch.setattr("bot.text_work.worker.PROGRAM", "tests.bot.text_work.poison_process")
    worker = TextWorker(cpu_seconds=0.5)
    yield worker
    await worker.aclose()


async def test_articles_are_processed_and_drafts_taken_in_order(worker: TextWorker) -> None:
    [found] = await worker.run(PROCESS, ABOUT, [ARTICLE])
    assert isinstance(found, Processed)
    assert found.places
    about = Taking(Origin("bao-bien"), NOW)
    drafts = [Draft("tin:1", ARTICLE.title, body=ARTICLE.body, published="1/3/2026 08:00"), Draft("tin:2")]
    taken = await worker.run(TAKE, about, drafts)
    assert [type(one) for one in taken] == [Incoming, Refusal]
    assert taken == [TAKE.work(about, draft) for draft in drafts], "nothing changes on the way"


@pytest.mark.parametrize(
    ("poison", "reason"), [("regex", "time"), ("memory", "memory"), ("crash", "crash"), ("lie", "crash")]
)
async def test_a_poisonous_text_ends_its_process_and_costs_no_other(
    worker: TextWorker, poison: str, reason: str
) -> None:
    answers = await worker.run(task("poison"), None, ["a", poison, "b", poison, "c"])
    died = Failure(reason)  # type: ignore[arg-type] - one of the reasons
    assert answers == ["a", died, "b", died, "c"]


async def test_the_loop_is_free_while_a_regular_expression_never_ends(worker: TextWorker) -> None:
    """In a thread it would hold the interpreter, and with it the loop, until it is done."""
    await worker.start()
    work = asyncio.create_task(worker.run(task("poison"), None, ["regex"]))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 20
    assert await work == [Failure("time")]


async def test_an_exception_is_that_items_own_and_the_process_stays(worker: TextWorker) -> None:
    before, failed, after = await worker.run(task("poison"), None, ["pid", "error", "pid"])
    assert isinstance(failed, Failure)
    assert "ZeroDivisionError" in failed.trace
    assert before == after != os.getpid()


async def test_a_process_killed_between_calls_is_nobodys_fault(worker: TextWorker) -> None:
    [first] = await worker.run(task("poison"), None, ["pid"])
    os.kill(first, signal.SIGKILL)
    [second] = await worker.run(task("poison"), None, ["pid"])
    assert isinstance(second, int)
    assert second != first


async def test_a_process_killed_from_outside_at_an_item_costs_nothing(
    worker: TextWorker, tmp_path: Path
) -> None:
    items = ["a", f"kill once {tmp_path / 'mark'}", "b"]
    assert await worker.run(task("poison"), None, items) == items
    assert await worker.run(task("poison"), None, ["a", "kill", "b"]) == ["a", Failure("killed"), "b"]


async def test_a_call_broken_off_leaves_no_answer_to_the_next(worker: TextWorker) -> None:
    await worker.start()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await worker.run(task("poison"), None, ["a", "regex"])
    assert await worker.run(task("poison"), None, ["b"]) == ["b"]


async def test_megabytes_of_texts_go_through_in_several_calls(worker: TextWorker) -> None:
    texts = [str(number) * 300_000 for number in range(9)]
    assert await worker.run(task("poison"), None, texts) == texts


async def test_a_process_that_does_not_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.text_work.worker.PROGRAM", "bot.no_such_program")
    with pytest.raises(TextWorkError):
        await TextWorker().run(PROCESS, ABOUT, [ARTICLE])
