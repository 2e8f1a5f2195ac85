"""One clock for all machines: the database server's, as far as the time of a question tells it.

Processes compare moments that others wrote: when an article was processed, when a delivery is due. So where
there may be several, each shows the server's time, however its machine's clock is set.
"""

import datetime as dt
import time

import structlog
from sqlalchemy import func, select

from bot.times.clock import Clock
from storage.engine import Database

_SLOWEST_SECONDS = 1.0  # an answer that took longer tells too little
_SMALLEST = dt.timedelta(seconds=0.1)  # differences below come from the way of the answer
_TOLD = dt.timedelta(seconds=5)
_log = structlog.get_logger(__name__)


async def follow_server_clock(database: Database, clock: Clock) -> None:
    """Set `clock` by the server's, where the database is on a server and the clock is not simulated.

    Raises:
        StorageError: the database does not answer.
    """
    if not database.is_postgres or clock.is_simulated:
        return
    async with database.read() as connection:
        began, asked_at = time.monotonic(), clock.machine_now()
        server: dt.datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        took = time.monotonic() - began
    ahead = server - asked_at - dt.timedelta(seconds=took / 2)
    if took > _SLOWEST_SECONDS or abs(ahead - clock.ahead) < _SMALLEST:
        return
    if abs(ahead - clock.ahead) > _TOLD:
        _log.warning("the clocks of this machine and of the database differ", seconds=ahead.total_seconds())
    clock.set_ahead(ahead)
