"""Routes: which function handles each command and each button, and who may tap the button."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from bot.chat import commands, digest_now, membership, my_data
from bot.chat.buttons import intents
from bot.chat.buttons import operator_intents as operators
from bot.chat.buttons import reader_intents as readers
from bot.chat.buttons.intents import Button, Intent
from bot.chat.cards import card_taps, digest_buttons, kept_stories
from bot.chat.cards.digest_buttons import Cards
from bot.chat.context import ButtonContext, ButtonHandler, Handler
from bot.chat.operators import admin, announcement_taps, bot_state, edition_taps, gate_messages, issue_taps
from bot.chat.operators.admin import AdminActions
from bot.chat.questions import ask, trend, watch_buttons
from bot.chat.settings import choosing_contents, choosing_lists, choosing_times
from bot.chat.talk import proposals


class Access(Enum):
    """Who may tap a button: any reader of the chat, its administrators, or the operators."""

    READERS = "readers"
    SETTERS = "setters"  # oneself in a private chat; in a group, channel or forum its administrators
    OPERATORS = "operators"


@dataclass(frozen=True, slots=True)
class Route:
    """The handler of an intent. `is_work`: the tap counts as a question.

    If an intent names a row by number (a question, a watch, an earlier profile), its handler looks the row up
    together with the chat's own id.
    """

    access: Access
    handler: ButtonHandler
    is_work: bool = False


Routes = Mapping[type[Any] | Button, Route]


def find_route(routes: Routes, intent: Intent) -> Route:
    """Return the route of `intent`: every intent has one."""
    return routes[intent if isinstance(intent, Button) else type(intent)]


def _plain(handler: Callable[[ButtonContext], Awaitable[None]]) -> ButtonHandler:
    """Return a handler that passes only the tap on."""

    async def handle(tap: ButtonContext, _: Button) -> None:
        await handler(tap)

    return handle


_readers = partial(Route, Access.READERS)
_setters = partial(Route, Access.SETTERS)
_operators = partial(Route, Access.OPERATORS)
_show_panel = _setters(choosing_times.show)
_change_schedule = _setters(choosing_times.change)

_ROUTES: Routes = {
    intents.TurnPage: _readers(ask.turn),
    intents.ShowView: _readers(ask.show_view),
    intents.AskAgain: _readers(ask.ask_again, is_work=True),
    intents.RunWatch: _readers(watch_buttons.run, is_work=True),
    readers.ShowMore: _readers(digest_buttons.show_more),
    readers.TurnMore: _readers(digest_buttons.show_more),
    readers.AskWhy: _readers(card_taps.explain),
    intents.SetTimes: _change_schedule,
    intents.SetDays: _change_schedule,
    intents.SetQuiet: _change_schedule,
    intents.SetEdition: _change_schedule,
    intents.TakeEdition: _setters(choosing_times.take_edition),
    intents.SetTopic: _setters(choosing_contents.change_topics),
    readers.SetLength: _change_schedule,
    readers.SetSilent: _change_schedule,
    readers.SetWeekly: _change_schedule,
    readers.SetBreaking: _change_schedule,
    Button.NO_BREAKING: _setters(_plain(choosing_times.stop_breaking)),
    readers.SetFigure: _setters(choosing_contents.change_figure),
    readers.DropWord: _setters(choosing_lists.drop_word),
    readers.DropTaste: _setters(choosing_lists.drop_taste),
    readers.SetPaper: _setters(choosing_lists.change_paper),
    Button.SHOW_WORDS: _setters(_plain(choosing_lists.handle_words)),
    Button.SHOW_PAPERS: _setters(_plain(choosing_lists.handle_papers)),
    intents.Undo: _setters(choosing_times.undo),
    intents.WatchQuestion: _setters(watch_buttons.watch_question),
    intents.SetWatch: _setters(watch_buttons.set_watch),
    readers.SaveStory: _setters(card_taps.save),
    readers.FollowStory: _setters(kept_stories.follow),
    readers.SetFollow: _setters(watch_buttons.set_follow),
    readers.OfferMute: _setters(card_taps.offer),
    readers.MuteWord: _setters(card_taps.mute),
    readers.Teach: _setters(card_taps.learn),
    readers.ShowSaved: _setters(kept_stories.turn),
    readers.ReadSaved: _setters(kept_stories.read),
    readers.KeepSaved: _setters(kept_stories.keep),
    intents.PauseFor: _setters(proposals.pause_for),
    intents.Confirm: _setters(proposals.confirm),
    Button.SHOW_SCHEDULE: _show_panel,
    Button.SHOW_DAYS: _show_panel,
    Button.SHOW_QUIET: _show_panel,
    Button.SHOW_EDITIONS: _show_panel,
    Button.CLOSE: _show_panel,
    Button.SHOW_TOPICS: _setters(_plain(choosing_contents.handle_topics)),
    Button.USE_DEFAULTS: _change_schedule,
    Button.ALL_TOPICS: _setters(choosing_contents.change_topics),
    Button.PAUSE: _setters(_plain(choosing_times.pause)),
    Button.RESUME: _setters(_plain(choosing_times.resume)),
    Button.KEEP_ALL: _setters(_plain(my_data.keep)),
    Button.SHOW_HISTORY: _operators(_plain(bot_state.show_month)),
    Button.EXAMINE: _operators(_plain(admin.examine)),
    Button.SHOW_SLOTS: _operators(_plain(edition_taps.show_all)),
    Button.UNDO_FILE: _operators(_plain(edition_taps.undo_change)),
    operators.Preview: _operators(admin.preview, is_work=True),
    operators.AskToSend: _operators(admin.ask_to_send),
    operators.ShowMailing: _operators(issue_taps.show),
    operators.AskToRetract: _operators(issue_taps.ask_to_retract),
    operators.Retract: _operators(issue_taps.retract_issue),
    operators.SendCorrection: _operators(issue_taps.confirm),
    operators.ShowEdition: _operators(edition_taps.show),
    operators.ProposeChange: _operators(edition_taps.propose),
    operators.WriteChange: _operators(edition_taps.confirm),
    operators.ChangeAnnouncement: _operators(announcement_taps.change),
    operators.Announce: _operators(announcement_taps.confirm),
    operators.CallOffAnnouncement: _operators(announcement_taps.call_off_rest),
    operators.ShowGate: _operators(gate_messages.show),
    operators.ReadGate: _operators(gate_messages.read),
}


def make_routes(actions: AdminActions) -> Routes:
    """Return the route of each intent; the last ones need what other parts of the bot do."""
    set_sending = partial(bot_state.set_sending, actions=actions)
    return {
        **_ROUTES,
        readers.OpenCard: _readers(Cards().open),
        Button.DELETE_ALL: _setters(_plain(partial(my_data.delete, call_off=actions.call_off))),
        Button.SHOW_STATE: _operators(_plain(partial(bot_state.show_state, actions=actions))),
        Button.OPEN_CONSOLE: _operators(_plain(partial(admin.open_console, actions=actions))),
        Button.STOP_SENDING: _operators(_plain(partial(set_sending, is_stopped=True))),
        Button.START_SENDING: _operators(_plain(partial(set_sending, is_stopped=False))),
        operators.SendNow: _operators(partial(admin.send_now, actions=actions)),
        operators.AnswerGate: _operators(partial(gate_messages.answer, actions=actions)),
        operators.TakeStory: _operators(partial(gate_messages.change, actions=actions)),
    }


def command_handlers(actions: AdminActions) -> dict[str, Handler]:
    """Return the handler of each command, by its name."""
    return {
        "start": membership.handle,
        "tin": digest_now.handle,
        "tim": ask.handle,
        "xuhuong": trend.handle,
        "theodoi": watch_buttons.handle,
        "dedanh": kept_stories.handle,
        "lich": choosing_times.handle,
        "chude": choosing_contents.handle_topics,
        "tu": choosing_lists.handle_words,
        "nguon": choosing_lists.handle_papers,
        "solieu": choosing_contents.handle_figures,
        "tamdung": choosing_times.handle_pause,
        "tieptuc": choosing_times.resume,
        "dulieucuatoi": my_data.show,
        "xoadulieu": my_data.ask_to_delete,
        "trogiup": commands.show,
        "quantri": partial(bot_state.show_state, actions=actions),
        "dinhchinh": issue_taps.handle,
        "thongbao": announcement_taps.handle,
    }
