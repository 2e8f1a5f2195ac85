"""The way in: how often a chat may ask, who may change settings, and which topic module answers."""

import datetime as dt
from collections.abc import Awaitable, Callable, Hashable
from functools import partial

from markupsafe import Markup

from bot.chat import digest_now, help, membership, my_data, start
from bot.chat.access import Access, access_to
from bot.chat.callbacks import parse
from bot.chat.cards import more
from bot.chat.cards.opening import Cards
from bot.chat.commands import OPERATOR_COMMANDS, Command
from bot.chat.guard import Guard, Limit
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
from bot.chat.messages import talk_texts, texts
from bot.chat.messages.screen import Screen
from bot.chat.messages.spoken import say_wait
from bot.chat.operators import admin, admin_corrections, admin_issues, history
from bot.chat.operators.admin import AdminActions
from bot.chat.questions import ask, trend, watches
from bot.chat.questions.results import shown_question
from bot.chat.settings import pausing, schedule, topics
from bot.chat.talk import awaiting, proposals
from bot.chat.talk import reply as talk
from bot.chat.talk.wishes import Plain
from bot.chat.visit import Tap, Visit
from bot.desk import Desk

_TEN_SECONDS = dt.timedelta(seconds=10)
_HOUR = dt.timedelta(hours=1)
_ROOMIER = 4  # commands and taps cost little: that many times what questions may be
_GROUP_SHARES = 4  # all members of a group together may ask as much as that many persons

Answer = Callable[[Visit], Awaitable[None]]


class Reception:
    """Lets messages and taps in to the module that answers them."""

    def __init__(self, desk: Desk, actions: AdminActions) -> None:
        self._desk = desk
        self._actions = actions
        self._questions = Guard()
        self._anything = Guard()
        self._cards = Cards()
        self._answers: dict[str, Answer] = {
            "start": start.obey,
            "tin": digest_now.obey,
            "tim": ask.obey,
            "xuhuong": trend.obey,
            "theodoi": watches.obey,
            "lich": schedule.obey,
            "chude": topics.obey,
            "tamdung": pausing.obey,
            "tieptuc": pausing.resume,
            "dulieucuatoi": my_data.show,
            "xoadulieu": my_data.ask_to_delete,
            "trogiup": help.show,
            "quantri": partial(admin.show_state, actions=actions),
            "dinhchinh": admin_corrections.obey,
        }

    async def obey(self, visit: Visit, command: Command) -> None:
        """Obey a command."""
        if command in OPERATOR_COMMANDS and not visit.is_operator:
            await self.reject(visit, f"/{command.name}")
        elif command.is_setting and visit.is_group:
            await self._obey_group_setting(visit, command)
        elif await self._admits(visit, is_work=command.is_work):
            await self._do(visit, command)

    async def _do(self, visit: Visit, command: Command) -> None:
        """Do what a command is there for, and await its words where it was sent without them."""
        is_bare = not visit.words.strip()
        if not is_bare and not command.takes_words:
            words = shown_question(visit.words)
            await visit.send(Screen(talk_texts.WORDS_UNUSED.format(command=command.name, words=words)))
        if command.name == "tim" and not is_bare and await talk.find_wish(visit) is Plain.DIGEST:
            visit.words = ""
            await digest_now.obey(visit)
        else:
            await self._answers[command.name](visit)
        if visit.is_private:
            await awaiting.await_words(visit, command.name if is_bare and command.awaits_words else None)

    async def _obey_group_setting(self, visit: Visit, command: Command) -> None:
        """Obey a group's or channel's administrator, whatever the others in the group have asked."""
        if not await self._admits(visit, is_setting=True):
            return
        if await membership.may_set(visit):
            await self._answers[command.name](visit)
        else:
            await visit.send(Screen(texts.ONLY_ADMINISTRATORS))

    async def reject(self, visit: Visit, typed: str) -> None:
        """Answer a command that there is not; `typed` is the whole text."""
        if await self._admits(visit):
            await help.suggest(visit, typed)

    async def answer(self, visit: Visit) -> None:
        """Answer a question in plain words, or do what a command is there for."""
        if await self._admits(visit, is_work=True):
            wish = await talk.find_wish(visit)
            awaited = await awaiting.take_awaited_command(visit)
            if awaited and awaiting.is_called_off(visit.words):
                await visit.send(Screen(talk_texts.CALLED_OFF))
            elif awaited and awaiting.is_its_answer(awaited, visit, wish):
                await self._answers[awaited](visit)
            elif wish is None or not await talk.reply(visit, wish):
                await ask.obey(visit)

    async def say(self, visit: Visit, screen: Screen) -> None:
        """Say the same to whoever comes with this."""
        if await self._admits(visit):
            await visit.send(screen)

    async def press(self, tap: Tap, data: str) -> None:
        """Do what a button asks for; whatever comes, the button comes to rest."""
        intent = parse(data)
        is_work = isinstance(intent, Preview | RunWatch | AskAgain)
        is_setting = intent is not None and access_to(intent) is Access.SETTERS
        if await self._admits(tap, is_work=is_work, is_setting=is_setting):
            if intent is None or not await self._may_press(tap, intent):
                await tap.acknowledge(texts.STALE_BUTTON)
            else:
                await self._press(tap, intent)
        await tap.acknowledge()

    async def _may_press(self, tap: Tap, intent: Intent) -> bool:
        match access_to(intent):
            case Access.OPERATORS:
                return tap.is_operator
            case Access.READERS:
                return True
        if not await membership.may_set(tap):
            await tap.acknowledge(texts.ONLY_ADMINISTRATORS_LINE)
            return False
        return True

    async def _press(self, tap: Tap, intent: Intent) -> None:
        match intent:
            case SetTimes() | SetDays() | SetQuiet() | SetEdition() | Press.USE_DEFAULTS:
                await schedule.change(tap, intent)
            case SetTopic() | Press.ALL_TOPICS:
                await topics.change(tap, intent)
            case Undo():
                await topics.undo(tap, intent)
            case OpenCard():
                await self._cards.open(tap, intent)
            case ShowMore():
                await more.show(tap, intent)
            case TurnMore():
                await more.turn(tap, intent)
            case TurnPage():
                await ask.turn(tap, intent)
            case ShowView():
                await ask.look(tap, intent)
            case AskAgain():
                await ask.ask_again(tap, intent)
            case WatchQuestion():
                await watches.watch_question(tap, intent)
            case StopWatching():
                await watches.stop(tap, intent)
            case WatchAgain():
                await watches.take_back(tap, intent)
            case PauseFor():
                await proposals.pause_for(tap, intent)
            case Confirm():
                await proposals.confirm(tap, intent)
            case RunWatch():
                await watches.run(tap, intent)
            case Preview():
                await admin.preview(tap, intent)
            case AskToSend():
                await admin.ask_to_send(tap, intent)
            case SendNow():
                await admin.send_now(tap, intent, self._actions)
            case ShowIssue() | ShowCorrection():
                await admin_issues.show(tap, intent)
            case AskToRetract():
                await admin_issues.ask_to_retract(tap, intent)
            case Retract():
                await admin_issues.take_back(tap, intent)
            case SendCorrection():
                await admin_corrections.confirm(tap, intent)
            case Press():
                await self._press_plain(tap, intent)

    async def _press_plain(self, tap: Tap, press: Press) -> None:
        match press:
            case Press.SHOW_TOPICS:
                await topics.obey(tap)
            case Press.PAUSE:
                await pausing.pause(tap)
            case Press.RESUME:
                await pausing.resume(tap)
            case Press.DELETE_ALL:
                await my_data.delete(tap, self._actions.call_off)
            case Press.KEEP_ALL:
                await my_data.keep(tap)
            case Press.SHOW_STATE:
                await admin.show_state(tap, self._actions)
            case Press.SHOW_HISTORY:
                await history.show(tap)
            case Press.STOP_SENDING | Press.START_SENDING:
                await admin.set_sending(tap, self._actions, is_stopped=press is Press.STOP_SENDING)
            case _:
                await schedule.show(tap, press)

    async def _admits(self, visit: Visit, *, is_work: bool = False, is_setting: bool = False) -> bool:
        """Tell whether this person may ask now; the first refusal of a burst says when to ask again.

        In a group each person has a share of their own and the group a larger one. What `is_setting` uses up
        the person's share only: no other member keeps an administrator from the settings.
        """
        guard, factor = (self._questions, 1) if is_work else (self._anything, _ROOMIER)
        shares: list[tuple[Hashable, int, Markup]]
        shares = [((visit.chat_id, visit.sender_id), factor, texts.TOO_FAST)]
        if visit.is_group and not is_setting:
            shares.append(((visit.chat_id, None), factor * _GROUP_SHARES, texts.GROUP_TOO_FAST))
        for asker, times, refusal in shares:
            verdict = guard.admit(asker, self._limits(times), visit.now)
            if verdict.wait is not None:
                html = refusal.format(wait=say_wait(verdict.wait))
                await visit.refuse(Screen(html), str(html))
            if not verdict.is_admitted:
                return False
        return True

    def _limits(self, times: int) -> tuple[Limit, Limit]:
        newsroom = self._desk.newsroom
        return (
            Limit(newsroom.questions_per_10_seconds * times, _TEN_SECONDS),
            Limit(newsroom.questions_per_hour * times, _HOUR),
        )
