"""Intents of operators, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preview:
    edition: str


@dataclass(frozen=True, slots=True)
class AskToSend:
    edition: str


@dataclass(frozen=True, slots=True)
class SendNow:
    edition: str


@dataclass(frozen=True, slots=True)
class ShowMailing:
    """Show the issues of all profiles together, of which one is named, or a correction that was sent."""

    mailing_id: int
    is_correction: bool


@dataclass(frozen=True, slots=True)
class AskToRetract:
    issue_id: int


@dataclass(frozen=True, slots=True)
class Retract:
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


_OfEditions = Preview | AskToSend | SendNow | ShowEdition | ProposeChange | WriteChange
_OfIssues = (
    ShowMailing | AskToRetract | Retract | SendCorrection | ShowGate | ReadGate | AnswerGate | TakeStory
)
OperatorIntent = _OfEditions | _OfIssues | ChangeAnnouncement | Announce | CallOffAnnouncement
