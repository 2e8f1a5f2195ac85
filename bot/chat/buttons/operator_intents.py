"""Intents of operators, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preview:
    """Preview an edition."""

    edition: str


@dataclass(frozen=True, slots=True)
class AskToSend:
    """Be asked before an edition is sent now."""

    edition: str


@dataclass(frozen=True, slots=True)
class SendNow:
    """Send an edition now."""

    edition: str


@dataclass(frozen=True, slots=True)
class ShowIssue:
    """Show the issues of all profiles together; `issue_id` is one of them."""

    issue_id: int


@dataclass(frozen=True, slots=True)
class ShowCorrection:
    """Show a correction that was sent."""

    correction_id: int


@dataclass(frozen=True, slots=True)
class AskToRetract:
    """Be asked before an issue is taken back."""

    issue_id: int


@dataclass(frozen=True, slots=True)
class Retract:
    """Take an issue back."""

    issue_id: int


@dataclass(frozen=True, slots=True)
class SendCorrection:
    """Send a correction that was previewed."""

    correction_id: int


@dataclass(frozen=True, slots=True)
class ChangeAnnouncement:
    """Change a draft announcement: its readers, of one edition or of all (""), and its sound."""

    announcement_id: int
    edition: str
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Announce:
    """Send an announcement that was previewed."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class CallOffAnnouncement:
    """Send no more messages of an announcement."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class ShowEdition:
    """Show what the newsroom file says of an edition, with buttons that change it."""

    edition: str


@dataclass(frozen=True, slots=True)
class ProposeChange:
    """Preview a change of an edition.

    `change` is "+0630" or "-0630" (a time more or less), "n012" (days, 0 = Monday) or "p1" and "p0" (paused).
    """

    change: str
    edition: str


@dataclass(frozen=True, slots=True)
class WriteChange:
    """Write that change; `checksum` begins the fingerprint of the file with which it was previewed."""

    change: str
    checksum: int
    edition: str


@dataclass(frozen=True, slots=True)
class ShowGate:
    """Show a page, counted from 0, of the stories of issues that wait for approval."""

    gate_id: int
    page: int


@dataclass(frozen=True, slots=True)
class ReadGate:
    """Show the whole text of such an issue, as most readers get it."""

    gate_id: int


@dataclass(frozen=True, slots=True)
class AnswerGate:
    """Approve issues that wait for it, to be sent at their time, or hold them until it is given."""

    gate_id: int
    is_approved: bool


@dataclass(frozen=True, slots=True)
class TakeStory:
    """Take a story out of issues that wait for approval, or put it back."""

    gate_id: int
    story_id: int
    is_wanted: bool


OperatorIntent = (
    Preview
    | AskToSend
    | SendNow
    | ShowIssue
    | ShowCorrection
    | AskToRetract
    | Retract
    | SendCorrection
    | ShowGate
    | ReadGate
    | AnswerGate
    | TakeStory
    | ShowEdition
    | ProposeChange
    | WriteChange
    | ChangeAnnouncement
    | Announce
    | CallOffAnnouncement
)
