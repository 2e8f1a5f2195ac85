"""The kinds of messages, the results of issues and deliveries, and counts of each result."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import delivery_counts

# The kinds of messages, and what issues and deliveries can come to.


class MessageKind(StrEnum):
    """What a message is. A correction's edit changes a message that was sent, all others are new messages."""

    DIGEST = "digest"
    RECAP = "recap"
    BREAKING = "breaking"
    ALERT = "alert"
    CORRECTION_EDIT = "correction_edit"
    CORRECTION_NOTICE = "correction_notice"
    ANNOUNCEMENT = "announcement"


CALM = (MessageKind.DIGEST, MessageKind.RECAP, MessageKind.BREAKING)  # without a sound for who wants none


class IssueStatus(StrEnum):
    """Result of a slot. A batch shows that status of its issues which stands last in this list."""

    SKIPPED = "skipped"
    EMPTY = "empty"
    PREPARED = "prepared"  # waits at its gate; nobody is queued for it yet
    MADE = "made"
    RETRACTED = "retracted"


class DeliveryStatus(StrEnum):
    """Pending and sending are open; nothing leaves one of the other three."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    GONE = "gone"
    UNKNOWN = "unknown"


OPEN = (DeliveryStatus.PENDING, DeliveryStatus.SENDING)
MAY_HAVE_ARRIVED = (DeliveryStatus.SENDING, DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)


# How many deliveries came to what. A trigger of the ledger counts each delivery that finishes.
#
# There is one row for each kind of message, edition and slot, so the numbers cost as much as there are
# slots. They stay when a chat is deleted. What is not finished is counted in the ledger, by an index on
# its status.

_C = delivery_counts.c


@dataclass(frozen=True, slots=True)
class Counts:
    """Finished deliveries.

    Of those sent, `late` ones went out more than 15 minutes after their moment. Of those gone, Telegram
    `refused` some; the readers of `departed` ones had left, or the bot had lost its rights there. Of those
    sent and unknown, `repeated` ones were tried twice, so that two copies may have arrived.
    """

    sent: int = 0
    late: int = 0
    gone: int = 0
    refused: int = 0
    departed: int = 0
    unknown: int = 0
    repeated: int = 0

    @property
    def by_status(self) -> dict[DeliveryStatus, int]:
        """Return how many stand in each status; those in which none does are absent."""
        counted = {
            DeliveryStatus.SENT: self.sent,
            DeliveryStatus.GONE: self.gone,
            DeliveryStatus.UNKNOWN: self.unknown,
        }
        return {status: count for status, count in counted.items() if count}


async def count_finished(connection: AsyncConnection, *of: ColumnElement[bool]) -> Counts:
    """Add up the counts of the rows `of` these conditions."""
    columns = (_C.sent, _C.late, _C.gone, _C.refused, _C.departed, _C.unknown, _C.repeated)
    query = select(*(func.coalesce(func.sum(column), 0) for column in columns)).where(*of)
    return Counts(*map(int, (await connection.execute(query)).one()))
