"""Whose buttons are whose: for each intent, who may have it done. Pure.

Every intent has its line here: a test fails for one that has none. What an intent names by number (a
question, a watch, an earlier profile) is looked up together with the chat's own number, in `storage`.
"""

from enum import Enum

from bot.chat.intents import (
    AskAgain,
    AskToRetract,
    AskToSend,
    Confirm,
    Intent,
    OpenCard,
    PauseFor,
    Press,
    Preview,
    Retract,
    RunWatch,
    SendCorrection,
    SendNow,
    SetDays,
    SetEdition,
    SetQuiet,
    SetTimes,
    SetTopic,
    ShowCorrection,
    ShowIssue,
    ShowMore,
    ShowView,
    StopWatching,
    TurnMore,
    TurnPage,
    Undo,
    WatchAgain,
    WatchQuestion,
)


class Access(Enum):
    """Who may press a button: any reader of the chat, its administrators, or the operators."""

    READERS = "readers"
    SETTERS = "setters"  # oneself in a private chat; in a group, channel or forum its administrators
    OPERATORS = "operators"


ACCESS: dict[type[Intent] | Press, Access] = {
    TurnPage: Access.READERS,
    ShowView: Access.READERS,
    AskAgain: Access.READERS,
    RunWatch: Access.READERS,
    OpenCard: Access.READERS,
    ShowMore: Access.READERS,
    TurnMore: Access.READERS,
    SetTimes: Access.SETTERS,
    SetDays: Access.SETTERS,
    SetQuiet: Access.SETTERS,
    SetEdition: Access.SETTERS,
    SetTopic: Access.SETTERS,
    Undo: Access.SETTERS,
    WatchQuestion: Access.SETTERS,
    StopWatching: Access.SETTERS,
    WatchAgain: Access.SETTERS,
    PauseFor: Access.SETTERS,
    Confirm: Access.SETTERS,
    Press.SHOW_SCHEDULE: Access.SETTERS,
    Press.SHOW_DAYS: Access.SETTERS,
    Press.SHOW_QUIET: Access.SETTERS,
    Press.SHOW_EDITIONS: Access.SETTERS,
    Press.SHOW_TOPICS: Access.SETTERS,
    Press.CLOSE: Access.SETTERS,
    Press.USE_DEFAULTS: Access.SETTERS,
    Press.ALL_TOPICS: Access.SETTERS,
    Press.PAUSE: Access.SETTERS,
    Press.RESUME: Access.SETTERS,
    Press.DELETE_ALL: Access.SETTERS,
    Press.KEEP_ALL: Access.SETTERS,
    Press.SHOW_STATE: Access.OPERATORS,
    Press.SHOW_HISTORY: Access.OPERATORS,
    Press.STOP_SENDING: Access.OPERATORS,
    Press.START_SENDING: Access.OPERATORS,
    Preview: Access.OPERATORS,
    AskToSend: Access.OPERATORS,
    SendNow: Access.OPERATORS,
    ShowIssue: Access.OPERATORS,
    ShowCorrection: Access.OPERATORS,
    AskToRetract: Access.OPERATORS,
    Retract: Access.OPERATORS,
    SendCorrection: Access.OPERATORS,
}


def access_to(intent: Intent) -> Access:
    """Return who may have `intent` done."""
    return ACCESS[intent if isinstance(intent, Press) else type(intent)]
