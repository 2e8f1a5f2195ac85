"""Processes killed while they commit to the search index and merge its segments: it equals one built anew."""

import asyncio
import random
import signal
import subprocess
import sys

import pytest

from storage.engine import Database
from storage.search.rebuild import keep_up, rebuild_index
from tests.faults.conftest import Figure
from tests.storage.search.rows import ask
from tests.storage.search.test_index import content

_KILLS = 20
_FEWEST_COMMITS = 3  # that each killed process tells of
_CODE = """
import asyncio, sys
from pathlib import Path
from storage.engine import Database
from storage.search.rebuild import keep_up
from tests.storage.search.rows import Row, change, forget, store

async def main():
    database, first = Database(sys.argv[1], index=Path(sys.argv[2])), int(sys.argv[3])
    await keep_up(database)
    for n in range(first, first + 900, 3):
        new = [Row(n + more, f"Sông Mây kỳ {n + more}", "Nước lên " * 40) for more in range(3)]
        await store(database, new)
        await change(database, Row(max(1, n - 5), f"Sông Mây sửa {n}"))
        await forget(database, n + 1)
        await keep_up(database)
        print(n, flush=True)

asyncio.run(main())
"""


def _kill_after(database: Database, first: int, seconds: float) -> int:
    """Run a process that changes articles and commits them to the index; kill it and return its commits."""
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", _CODE, url, str(database.index_folder), str(first)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    begun = [process.stdout.readline() for _ in range(_FEWEST_COMMITS)]
    assert all(begun), "the process ended by itself"
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    return len(begun) + rest.count(b"\n")


@pytest.mark.faults
@pytest.mark.timeout(1200)
async def test_after_twenty_kills_in_commits_and_merges_the_index_equals_one_built_anew(
    database: Database, record_property: Figure
) -> None:
    rng = random.Random(20)
    commits = 0
    for kill in range(_KILLS):
        commits += await asyncio.to_thread(_kill_after, database, 1 + 1_000 * kill, rng.uniform(0.01, 0.6))
        assert (await ask(database, "sông mây")).ids, "a reader beside it answers"
    await keep_up(database)
    followed, found = content(database), (await ask(database, "sông mây sửa")).ids
    await rebuild_index(database, on_progress=lambda done, total: None)
    assert content(database) == followed
    assert set(followed.values()) == {1}
    assert set((await ask(database, "sông mây sửa")).ids) == set(found)
    record_property(
        f"search index, {database.engine.dialect.name}", f"{_KILLS} kills in {commits} commits, equal"
    )
