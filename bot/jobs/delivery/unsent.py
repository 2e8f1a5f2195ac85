"""Write down of a delivery that was not sent what became of it: its row, and what it says about its chat."""

import datetime as dt

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.delivery.waits import Waits
from bot.telegram.outcomes import (
    Halt,
    Hold,
    LeaveTopic,
    Move,
    Outcome,
    Recalled,
    Refuse,
    Retire,
    SendPlain,
    Wait,
)
from storage.delivery.claiming import Claimed
from storage.delivery.deliveries import mark_gone, put_back, release_recalled
from storage.delivery.refusals import REFUSED
from storage.subscribers import move_chat, retire, set_thread

_log = structlog.get_logger(__name__)


async def write_down(
    connection: AsyncConnection, one: Claimed, result: Outcome, waits: Waits, now: dt.datetime
) -> None:
    """Write down that a delivery was not sent, and why."""
    if not isinstance(result, Hold):
        waits.note_end(one)
    match result:
        case Wait():
            await waits.wait(connection, one, result)
        case Hold():
            await waits.hold(connection, one, result)
        case Recalled():
            await release_recalled(connection, one, now=now)
        case Retire():
            await mark_gone(connection, one, result.recorded, now=now)
            await retire(connection, one.chat_id, result.recorded, now=now)
        case Move():
            await move_chat(connection, one.chat_id, result.new_chat_id, now=now)
            await put_back(connection, one, not_before=now, counts=False, reason="moved", now=now)
        case LeaveTopic() if one.thread_id is not None:
            await set_thread(connection, one.chat_id, None, now=now)
            await put_back(connection, one, not_before=now, counts=False, reason=result.reason, now=now)
        case Halt():
            _log.critical("the token is refused: nothing more is sent")
            await put_back(connection, one, not_before=now, counts=False, reason=result.reason, now=now)
        case SendPlain() | Refuse() | LeaveTopic():
            _log.error("delivery refused", delivery=one.id, reason=result.reason)
            await mark_gone(connection, one, f"{REFUSED}: {result.reason}", now=now)
