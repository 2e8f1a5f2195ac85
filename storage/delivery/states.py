"""The kinds of messages, and what issues and deliveries can come to."""

from enum import StrEnum


class MessageKind(StrEnum):
    """What a message is. A correction's edit changes a message that was sent, all others are new messages."""

    DIGEST = "digest"
    ALERT = "alert"
    CORRECTION_EDIT = "correction_edit"
    CORRECTION_NOTICE = "correction_notice"
    ANNOUNCEMENT = "announcement"


class IssueStatus(StrEnum):
    """Result of a slot. A batch shows that status of its issues which stands last in this list."""

    SKIPPED = "skipped"
    EMPTY = "empty"
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
