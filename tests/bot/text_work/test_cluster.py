"""Calls to a cluster: what comes back is checked, and asked for again from the first wrong answer on."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import pytest

from bot.text_work.cluster import ClusterTexts
from bot.text_work.tasks import Task
from bot.text_work.text_pool import TextPool
from bot.text_work.worker import Failure
from tests.bot.text_work.test_text_pool import POISON


class NearTexts(ClusterTexts):
    """The cluster is a text process of our own."""

    def __init__(self, pool: TextPool) -> None:
        super().__init__(None, "", 1)
        self._pool = pool
        self.calls = 0

    async def _sent(
        self, task: Task[Any, Any, Any], about: bytes, items: Sequence[bytes]
    ) -> list[bytes | Failure]:
        self.calls += 1
        return await self._pool.run_packed(task.name, about, items)


async def test_an_answer_that_is_none_costs_its_item_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.text_work.worker.PROGRAM", "tests.bot.text_work.poison_process")
    async with aclosing(TextPool(1)) as pool:
        texts = NearTexts(pool)
        answers = await texts.run(POISON, None, ["a", "error", "lie", "b", "kill", "c"])
        assert texts.calls == 2, "what is behind the lie is asked for again"
        assert await texts.run(POISON, None, []) == []
    error = answers.pop(1)
    assert isinstance(error, Failure)
    assert error.reason == "error"
    assert answers == ["a", Failure("crash"), "b", Failure("killed"), "c"]
