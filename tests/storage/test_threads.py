"""Threads by purpose: work that fills the threads of one purpose leaves the others free."""

import asyncio
import contextvars
import threading
from pathlib import Path

import pytest

from storage.off_loop import CHAT, DIGESTS, INTAKE, Threads

ROOT = Path(__file__).parents[2]
SHARED = {  # what may use the threads that everything shares: short work on the operator's own files
    "bot/commands/database.py",  # the command line's own process, and a copy of its own folder
    "bot/commands/demo.py",
    "bot/news/services.py",  # the command line's own process
    "bot/jobs/reload.py",
}


@pytest.mark.parametrize("busy", [CHAT, DIGESTS, INTAKE], ids=["chat", "digests", "intake"])
async def test_work_that_never_ends_in_one_leaves_the_others_free(busy: Threads) -> None:
    end = threading.Event()
    stuck = [asyncio.create_task(busy.run(end.wait)) for _ in range(100)]
    try:
        async with asyncio.timeout(10):
            for free in {CHAT, DIGESTS, INTAKE} - {busy}:
                assert await free.run(lambda: "done") == "done"
            assert await asyncio.to_thread(lambda: "done") == "done"
    finally:
        end.set()
        await asyncio.gather(*stuck)


async def test_work_sees_the_context_of_its_caller() -> None:
    chat = contextvars.ContextVar[int]("chat")
    chat.set(7)
    assert await CHAT.run(chat.get) == 7


def test_work_on_strangers_texts_uses_no_shared_thread() -> None:
    """Looking up names uses these threads too: if all were busy, nothing could be sent."""
    using = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "bot").rglob("*.py")
        if "emulator" not in file.parts and "to_thread(" in file.read_text(encoding="utf-8")
    }
    assert using <= SHARED


async def test_idle_threads_end_when_they_are_told_to() -> None:
    threads = Threads("thu", 2)
    idle = await threads.run(threading.current_thread)
    assert idle.is_alive()
    threads.end()
    idle.join(timeout=30)
    assert not idle.is_alive()
    assert await threads.run(threading.current_thread) is not idle, "a later command in this process works"
