"""Processes on machines whose clocks differ show one time: the database server's."""

import datetime as dt

from bot.startup.fleet import follow_server_clock
from bot.times.clock import Clock
from storage.engine import Database

MINUTE = dt.timedelta(minutes=1)
NOTHING = dt.timedelta()


class SetWrong(Clock):
    """The clock of a machine that is a minute ahead."""

    def machine_now(self) -> dt.datetime:
        """Return the wrong moment."""
        return super().machine_now() + MINUTE


async def test_machines_whose_clocks_differ_by_a_minute_show_one_time(postgres_database: Database) -> None:
    right, wrong = Clock(), SetWrong()
    for clock in (right, wrong):
        await follow_server_clock(postgres_database, clock)
    assert abs(wrong.now() - right.now()) < dt.timedelta(seconds=1)
    assert abs(right.ahead) < dt.timedelta(seconds=1), "the server is on this machine"


async def test_a_simulated_clock_and_one_beside_a_file_stay_as_they_are(
    postgres_database: Database, sqlite_database: Database
) -> None:
    simulated, alone = SetWrong(rate=60), SetWrong()
    await follow_server_clock(postgres_database, simulated)
    await follow_server_clock(sqlite_database, alone)
    assert simulated.ahead == alone.ahead == NOTHING
