"""`diemtin db reindex` as a process of its own, stopped in the middle of its work, and run again."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process

import pytest

from storage.engine import Database
from storage.notes import find_note
from storage.search.model import REBUILD_NOTE
from tests.storage.search.test_search_rebuild import found, row, store
from tests.storage.search.test_search_rebuild_whole import is_whole


async def start_reindex(database: Database) -> Process:
    """Start `diemtin db reindex` in a process of its own."""
    address = {"DIEMTIN_DATABASE_URL": database.url.render_as_string(hide_password=False)}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "db", "reindex",
        env=os.environ | address, stdout=DEVNULL, stderr=PIPE, preexec_fn=_heed_ctrl_c,
    )  # fmt: skip


def _heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job inherits deafness


async def progress_of(database: Database) -> int:
    """Return the last article that is done, 0 where no rebuild is under way."""
    async with database.read() as connection:
        return int(await find_note(connection, REBUILD_NOTE) or 0)


async def stopped_beyond(database: Database, article_id: int, by: signal.Signals) -> tuple[int, str]:
    """Start the command, stop it once it is past an article, and return its exit code and last words."""
    process = await start_reindex(database)
    while process.returncode is None and await progress_of(database) <= article_id:  # noqa: ASYNC110 - see below
        await asyncio.sleep(0.002)  # another process's doings: its note is the witness
    if process.returncode is None:
        process.send_signal(by)
    _, told = await process.communicate()
    assert process.returncode is not None
    return process.returncode, told.decode()


@pytest.mark.faults
@pytest.mark.timeout(300)
async def test_kills_within_the_rebuild_leave_an_index_that_the_next_run_completes(
    database: Database,
) -> None:
    count, chance = 1_200, random.Random(6)
    await store(database, [row(n) for n in range(1, count + 1)])
    for point in sorted(chance.sample(range(count - 500), 3)):
        code, _ = await stopped_beyond(database, point, signal.SIGKILL)
        assert code == -signal.SIGKILL
        assert point < await progress_of(database)
        assert await found(database, f'"bản số {point + 1}"') == {point + 1}
    assert await (await start_reindex(database)).wait() == 0
    assert await is_whole(database)


@pytest.mark.faults
async def test_ctrl_c_ends_the_command_with_one_line_and_the_next_run_goes_on(database: Database) -> None:
    await store(database, [row(n) for n in range(1, 1_001)])
    code, told = await stopped_beyond(database, 0, signal.SIGINT)
    assert code == 130
    assert told.rstrip().endswith("Đã dừng.")
    assert "Traceback" not in told
    assert await progress_of(database) > 0
    assert await (await start_reindex(database)).wait() == 0
    assert await is_whole(database)
