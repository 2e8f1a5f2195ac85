"""What operators' taps ask for beside those of `intents`, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChangeAnnouncement:
    """An announcement's draft with these readers, of one edition or of all (""), and a sound or none."""

    announcement_id: int
    edition: str
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Announce:
    """An announcement that was shown first, confirmed."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class CallOffAnnouncement:
    """An announcement of which nothing more is to go out."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class ShowEdition:
    """An operator's look at what the newsroom file says of an edition, with what can be changed by taps."""

    edition: str


@dataclass(frozen=True, slots=True)
class ProposeChange:
    """A change of an edition, to be seen first.

    `change` is "+0630" or "-0630" (a time more or less), "n012" (days, 0 = Monday) or "p1" and "p0" (paused).
    """

    change: str
    edition: str


@dataclass(frozen=True, slots=True)
class WriteChange:
    """That change, confirmed; `checksum` is the beginning of the fingerprint of the file it was seen in."""

    change: str
    checksum: int
    edition: str


@dataclass(frozen=True, slots=True)
class ShowGate:
    """A page of the stories of issues that wait for approval, counted from 0."""

    gate_id: int
    page: int


@dataclass(frozen=True, slots=True)
class ReadGate:
    """A look at the whole text of such an issue, as most readers get it."""

    gate_id: int


@dataclass(frozen=True, slots=True)
class ApproveIssue:
    """Issues that wait for approval, to be sent at their time."""

    gate_id: int


@dataclass(frozen=True, slots=True)
class HoldIssue:
    """Issues that wait for approval, not to be sent before it is given."""

    gate_id: int


@dataclass(frozen=True, slots=True)
class DropStory:
    """A story to be taken out of issues that wait for approval."""

    gate_id: int
    story_id: int


@dataclass(frozen=True, slots=True)
class RestoreStory:
    """A story that was taken out, to be put back."""

    gate_id: int
    story_id: int


OperatorIntent = (
    ShowGate
    | ReadGate
    | ApproveIssue
    | HoldIssue
    | DropStory
    | RestoreStory
    | ShowEdition
    | ProposeChange
    | WriteChange
    | ChangeAnnouncement
    | Announce
    | CallOffAnnouncement
)
