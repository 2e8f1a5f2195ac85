"""The kinds of messages, the statuses of issues and deliveries, and counts of finished deliveries."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import deliveries, delivery_counts


class MessageKind(StrEnum):
    """What a message is. A correction's edit changes a message that was sent, all others are new messages."""

    DIGEST = "digest"
    RECAP = "recap"
    BREAKING = "breaking"
    ALERT = "alert"
    CORRECTION_EDIT = "correction_edit"
    CORRECTION_NOTICE = "correction_notice"
    ANNOUNCEMENT = "announcement"


CALM = (MessageKind.DIGEST, MessageKind.RECAP, MessageKind.BREAKING)  # silent for readers who want no sound


class IssueStatus(StrEnum):
    """The result of a slot. Of a mailing, the last status in this list counts that its issues have."""

    SKIPPED = "skipped"
    EMPTY = "empty"
    PREPARED = "prepared"  # waits at its gate, without deliveries
    MADE = "made"
    RETRACTED = "retracted"


class DeliveryStatus(StrEnum):
    """The status of a delivery. Pending and sending are open; the other three are final."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    GONE = "gone"
    UNKNOWN = "unknown"


OPEN = (DeliveryStatus.PENDING, DeliveryStatus.SENDING)
HAS_MESSAGE = (DeliveryStatus.SENDING, DeliveryStatus.SENT)  # or will: what can be edited
MAY_HAVE_ARRIVED = (DeliveryStatus.SENDING, DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)


# Counts of finished deliveries by result. A trigger of the ledger keeps them.
#
# There is one row for each kind of message, edition and slot, so the cost of reading grows with the slots.
# The counts stay when a chat is deleted. Open deliveries are counted in the ledger, by an index on the
# status.

_C = delivery_counts.c


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of finished deliveries.

    `late` of those sent were sent more than 15 minutes after their moment. `refused` of those gone were
    refused by Telegram; for `departed` of them the reader had left, or the bot had lost its rights.
    `repeated` of those sent and unknown were tried twice, so that two copies may have arrived.
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
        """Return the numbers by status; statuses without deliveries are absent."""
        counted = {
            DeliveryStatus.SENT: self.sent,
            DeliveryStatus.GONE: self.gone,
            DeliveryStatus.UNKNOWN: self.unknown,
        }
        return {status: count for status, count in counted.items() if count}


async def count_deliveries(
    connection: AsyncConnection, *of: ColumnElement[bool]
) -> dict[DeliveryStatus, int]:
    """Count the deliveries `of` these conditions by status; the cost grows with their number."""
    d = deliveries.c
    query = select(d.status, func.count().label("total")).where(*of).group_by(d.status)
    return {DeliveryStatus(row.status): row.total for row in await connection.execute(query)}


async def count_finished(connection: AsyncConnection, *of: ColumnElement[bool]) -> Counts:
    """Add up the counts of the rows `of` these conditions."""
    columns = (_C.sent, _C.late, _C.gone, _C.refused, _C.departed, _C.unknown, _C.repeated)
    query = select(*(func.coalesce(func.sum(column), 0) for column in columns)).where(*of)
    return Counts(*map(int, (await connection.execute(query)).one()))
