"""The dispatcher: checks rate limits and rights, and passes a message or a tap to the module for it."""

import datetime as dt
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from markupsafe import Markup

from bot.chat import commands, digest_now, membership, my_data
from bot.chat.buttons import intents
from bot.chat.buttons import operator_intents as operators
from bot.chat.buttons import reader_intents as readers
from bot.chat.buttons.callbacks import parse
from bot.chat.buttons.channel_buttons import read_channel, read_channel_button
from bot.chat.buttons.intents import Button, Intent
from bot.chat.cards import kept_stories
from bot.chat.cards.taps import Press, story_presses
from bot.chat.channels import answer_post, open_settings, tap_about_channel
from bot.chat.commands import OPERATOR_COMMANDS, Command
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.operators import admin, edition_taps, gate_taps, issues, month, telling_all
from bot.chat.operators.admin import AdminActions
from bot.chat.permissions import Access, Asker, Limit, access_to
from bot.chat.questions import ask, trend, watch_buttons
from bot.chat.questions.results import shown_question
from bot.chat.settings import choosing_contents, choosing_lists, choosing_times, undoing
from bot.chat.shared_limits import guard_for
from bot.chat.talk import proposals, reply
from bot.chat.talk.wishes import Plain
from bot.messages import texts
from bot.messages.spoken import say_wait
from bot.news.services import Services

_TEN_SECONDS = dt.timedelta(seconds=10)
_HOUR = dt.timedelta(hours=1)
_ROOMIER = 4  # commands and taps cost little: their limit is that of questions times this
_GROUP_SHARES = 4  # a whole group's limit is that of one person times this

_SCHEDULE_INTENTS = (  # what the panel of /lich sets
    intents.SetTimes,
    intents.SetDays,
    intents.SetQuiet,
    intents.SetEdition,
    readers.SetLength,
    readers.SetSilent,
    readers.SetWeekly,
    readers.SetBreaking,
)

Answer = Callable[[ChatContext], Awaitable[None]]


def presses(actions: AdminActions) -> dict[type[Any], Press]:
    """Return the handler of each kind of intent with values."""
    return {
        **dict.fromkeys(_SCHEDULE_INTENTS, choosing_times.change),
        intents.TakeEdition: choosing_times.take_edition,
        intents.SetTopic: choosing_contents.change_topics,
        readers.DropWord: choosing_lists.drop_word,
        readers.DropTaste: choosing_lists.forget_learnt,
        readers.SetFigure: choosing_contents.change_figure,
        readers.SetPaper: choosing_lists.change_paper,
        intents.Undo: undoing.undo,
        intents.TurnPage: ask.turn,
        intents.ShowView: ask.look,
        intents.AskAgain: ask.ask_again,
        intents.WatchQuestion: watch_buttons.watch_question,
        intents.StopWatching: watch_buttons.stop,
        intents.WatchAgain: watch_buttons.take_back,
        intents.RunWatch: watch_buttons.run,
        intents.PauseFor: proposals.pause_for,
        intents.Confirm: proposals.confirm,
        intents.Preview: admin.preview,
        intents.AskToSend: admin.ask_to_send,
        intents.ShowIssue: issues.show,
        intents.ShowCorrection: issues.show,
        intents.AskToRetract: issues.ask_to_retract,
        intents.Retract: issues.take_back,
        intents.SendCorrection: issues.confirm,
        intents.SendNow: partial(admin.send_now, actions=actions),
        operators.ShowEdition: edition_taps.show,
        operators.ProposeChange: edition_taps.propose,
        operators.WriteChange: edition_taps.confirm,
        operators.ChangeAnnouncement: telling_all.change,
        operators.Announce: telling_all.confirm,
        operators.CallOffAnnouncement: telling_all.take_back,
        **gate_taps.gate_presses(actions),
        **story_presses(watch_buttons.show_list),
    }


class Dispatcher:
    """Passes messages and taps on to the module that answers them."""

    def __init__(self, services: Services, actions: AdminActions) -> None:
        self._services = services
        self._actions = actions
        self._questions = guard_for(services, "questions")
        self._anything = guard_for(services, "anything")
        self._presses = presses(actions)
        self._answers: dict[str, Answer] = {
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
            "quantri": partial(admin.show_state, actions=actions),
            "dinhchinh": issues.handle,
            "thongbao": telling_all.handle,
        }

    async def handle(self, context: ChatContext, command: Command) -> None:
        """Handle a command."""
        if command in OPERATOR_COMMANDS and not context.is_operator:
            await self.reject(context, f"/{command.name}")
        elif command.is_setting and context.is_group:
            await self._handle_group_setting(context, command)
        elif command.name == "start" and (wanted := read_channel(context.words)):
            if await self._admits(context, is_work=True):
                await open_settings(context, *wanted, self._answers)
        elif await self._admits(context, is_work=command.is_work):
            await self._do(context, command)

    async def _do(self, context: ChatContext, command: Command) -> None:
        """Run a command; if it needs words and has none, take the next message as its words."""
        is_bare = not context.words.strip()
        if not is_bare and not command.takes_words:
            unused = shown_question(context.words)
            await context.send(View(texts.WORDS_UNUSED.format(command=command.name, words=unused)))
        if command.name == "tim" and not is_bare and await reply.find_wish(context) is Plain.DIGEST:
            context.words = ""
            await digest_now.handle(context)
        else:
            await self._answers[command.name](context)
        if context.is_private:
            await reply.await_words(context, command.name if is_bare and command.awaits_words else None)

    async def _handle_group_setting(self, context: ChatContext, command: Command) -> None:
        """Handle a settings command of a group or channel, which only administrators may give."""
        if not await self._admits(context, is_setting=True):
            return
        if not await membership.may_set(context):
            await context.send(View(texts.ONLY_ADMINISTRATORS))
        elif context.is_channel:
            await answer_post(context, command.name, self._answers[command.name])
        else:
            await self._answers[command.name](context)

    async def reject(self, context: ChatContext, typed: str) -> None:
        """Answer an unknown command; `typed` is the whole text."""
        if await self._admits(context):
            await commands.suggest(context, typed)

    async def answer(self, context: ChatContext) -> None:
        """Answer plain text: a question, or a wish that the bot itself fulfils."""
        if await self._admits(context, is_work=True):
            wish = await reply.find_wish(context)
            awaited = await reply.take_awaited_command(context)
            if awaited and reply.is_called_off(context.words):
                await context.send(View(texts.CALLED_OFF))
            elif awaited and reply.is_its_answer(awaited, context, wish):
                await self._answers[awaited](context)
            elif wish is None or not await reply.reply(context, wish):
                await ask.handle(context)

    async def answer_in_group(self, context: ChatContext, *, is_named: bool) -> None:
        """Answer a group's message that names the bot, or a reply to it that asks for something.

        Other replies to news are mostly talk among the members and are ignored.
        """
        if command := reply.prompted_command(context):
            if await self._admits(context, is_work=True):
                await self._answers[command](context)
            return
        wish = await reply.find_wish(context)
        if not (is_named or reply.asks_more(context, wish)) or not await self._admits(context, is_work=True):
            return
        if not await reply.reply_in_group(context, wish):
            await ask.handle(context)

    async def say(self, context: ChatContext, view: View) -> None:
        """Send a fixed answer, if the rate limit admits the message."""
        if await self._admits(context):
            await context.send(view)

    async def press(self, tap: ButtonContext, data: str) -> None:
        """Do what a button asks for; the tap is acknowledged in any case."""
        channel_id, data = read_channel_button(data)
        intent = parse(data)
        is_work = isinstance(intent, intents.Preview | intents.RunWatch | intents.AskAgain)
        is_setting = intent is not None and access_to(intent) is Access.SETTERS
        if await self._admits(tap, is_work=is_work, is_setting=is_setting):
            about = tap if channel_id is None else await tap_about_channel(tap, channel_id)
            is_there, tap = about is not None and (channel_id is None or is_setting), about or tap
            if intent is None or not is_there or not await self._may_press(tap, intent):
                await tap.acknowledge(texts.STALE_BUTTON)
            else:
                await self._press(tap, intent)
        await tap.acknowledge()

    async def _may_press(self, tap: ButtonContext, intent: Intent) -> bool:
        match access_to(intent):
            case Access.OPERATORS:
                return tap.is_operator
            case Access.READERS:
                return True
        if not await membership.may_set(tap):
            await tap.acknowledge(texts.ONLY_ADMINISTRATORS_LINE)
            return False
        return True

    async def _press(self, tap: ButtonContext, intent: Intent) -> None:
        if isinstance(intent, Button):
            await self._press_plain(tap, intent)
        else:
            await self._presses[type(intent)](tap, intent)

    async def _press_plain(self, tap: ButtonContext, press: Button) -> None:
        match press:
            case Button.SHOW_TOPICS:
                await choosing_contents.handle_topics(tap)
            case Button.ALL_TOPICS:
                await choosing_contents.change_topics(tap, press)
            case Button.USE_DEFAULTS:
                await choosing_times.change(tap, press)
            case Button.SHOW_WORDS:
                await choosing_lists.handle_words(tap)
            case Button.SHOW_PAPERS:
                await choosing_lists.handle_papers(tap)
            case Button.PAUSE:
                await choosing_times.pause(tap)
            case Button.NO_BREAKING:
                await choosing_times.stop_breaking(tap)
            case Button.RESUME:
                await choosing_times.resume(tap)
            case Button.DELETE_ALL:
                await my_data.delete(tap, self._actions.call_off)
            case Button.KEEP_ALL:
                await my_data.keep(tap)
            case Button.SHOW_STATE:
                await admin.show_state(tap, self._actions)
            case Button.OPEN_CONSOLE:
                await admin.open_console(tap, self._actions)
            case Button.EXAMINE:
                await admin.examine(tap)
            case Button.SHOW_SLOTS:
                await edition_taps.show_all(tap)
            case Button.UNDO_FILE:
                await edition_taps.take_back(tap)
            case Button.SHOW_HISTORY:
                await month.show(tap)
            case Button.STOP_SENDING | Button.START_SENDING:
                await admin.set_sending(tap, self._actions, is_stopped=press is Button.STOP_SENDING)
            case _:
                await choosing_times.show(tap, press)

    async def _admits(self, context: ChatContext, *, is_work: bool = False, is_setting: bool = False) -> bool:
        """Tell whether this person may ask now; the first refusal of a burst says when to ask again.

        In a group each person has a limit, and the group a larger one. A request that `is_setting` counts
        only for the person, so that other members cannot keep an administrator from the settings.
        """
        guard, factor = (self._questions, 1) if is_work else (self._anything, _ROOMIER)
        shares: list[tuple[Asker, int, Markup]]
        shares = [((context.chat_id, context.sender_id), factor, texts.TOO_FAST)]
        if context.is_group and not is_setting:
            shares.append(((context.chat_id, None), factor * _GROUP_SHARES, texts.GROUP_TOO_FAST))
        for asker, times, refusal in shares:
            verdict = await guard.ask(asker, self._limits(times), context.now)
            if verdict.wait is not None:
                html = refusal.format(wait=say_wait(verdict.wait))
                await context.refuse(View(html), str(html))
            if not verdict.is_admitted:
                return False
        return True

    def _limits(self, times: int) -> tuple[Limit, Limit]:
        newsroom = self._services.newsroom
        return (
            Limit(newsroom.questions_per_10_seconds * times, _TEN_SECONDS),
            Limit(newsroom.questions_per_hour * times, _HOUR),
        )
