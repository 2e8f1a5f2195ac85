"""Approval of issues by operators: an answer of one of them shows in the chats of all at once."""

import math
from collections.abc import Sequence
from functools import partial

import structlog
from markupsafe import Markup
from telegram import Bot, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.chat.buttons.keyboards import Row, rows_of, short_button, turning
from bot.chat.buttons.operator_intents import AnswerGate, ReadGate, ShowGate, TakeStory
from bot.chat.context import ButtonContext, View
from bot.chat.operators.admin import AdminActions, send_view
from bot.messages import operator_texts, texts
from bot.messages.markup import NO_PREVIEW, one_line, shortened, without_dates
from bot.messages.spoken import say_at
from bot.news.services import Services
from bot.operators.approvals import (
    GateView,
    change_story,
    find_gate_view,
    gate_status,
    give_answer,
    read_gate,
)
from bot.process.metrics import log_errors
from storage.delivery.gates import (
    Dropped,
    Gate,
    GateAnswer,
    Notice,
    find_gate,
    find_gates_to_show,
    keep_notice,
)

_ON_PAGE = 15
_IN_ROW = 5
_MOST_DROPPED = 10  # with a button each
_LONGEST_HEADLINE = 100  # UTF-16 units; a page of them fits one message
_log = structlog.get_logger(__name__)


async def show(tap: ButtonContext, wanted: ShowGate) -> None:
    """Show another page of the stories."""
    gate_now = await find_gate_view(tap.services, wanted.gate_id)
    if gate_now is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    await tap.show(gate_view(gate_now, tap.services, wanted.page))


async def read(tap: ButtonContext, wanted: ReadGate) -> None:
    """Send this operator the issue as most readers get it."""
    async with tap.services.database.read() as connection:
        gate = await find_gate(connection, wanted.gate_id)
    parts = await read_gate(tap.services, gate) if gate else []
    if not parts:
        await tap.acknowledge(operator_texts.GATE_EMPTY)
        return
    await tap.acknowledge()
    for html in parts:
        await tap.send(View(html))


async def answer(tap: ButtonContext, wanted: AnswerGate, actions: AdminActions) -> None:
    """Approve the issues of a gate, or hold them."""
    choice = GateAnswer.SEND if wanted.is_approved else GateAnswer.HOLD
    if await give_answer(tap.services, wanted.gate_id, choice, tap.chat_id) is None:
        await _say_why_not(tap, wanted.gate_id)
        return
    await tap.acknowledge(operator_texts.GATE_APPROVED if wanted.is_approved else operator_texts.GATE_HELD)
    await _show_everywhere(tap, wanted.gate_id, actions)


async def change(tap: ButtonContext, wanted: TakeStory, actions: AdminActions) -> None:
    """Take a story out of every issue of a gate, or put it back; they are composed anew."""
    gate_id, is_drop = wanted.gate_id, not wanted.is_wanted
    if not await change_story(tap.services, gate_id, wanted.story_id, tap.chat_id, drop=is_drop):
        await _say_why_not(tap, gate_id, operator_texts.GATE_STORY_GONE)
        return
    await tap.acknowledge(operator_texts.GATE_DROPPED if is_drop else operator_texts.GATE_RESTORED)
    await _show_everywhere(tap, gate_id, actions)


async def _say_why_not(
    tap: ButtonContext, gate_id: int, otherwise: str = operator_texts.GATE_ANSWERED
) -> None:
    """Say why a tap changed nothing, and show the gate as it is."""
    gate_now = await find_gate_view(tap.services, gate_id)
    if gate_now is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    closed = operator_texts.GATE_CLOSED_SENT if gate_now.gate.was_sent else operator_texts.GATE_CLOSED
    await tap.acknowledge(otherwise if gate_now.gate.closed_at is None else closed)
    await tap.show(gate_view(gate_now, tap.services))


async def _show_everywhere(tap: ButtonContext, gate_id: int, actions: AdminActions) -> None:
    await actions.act_on_gates()
    gate_now = await find_gate_view(tap.services, gate_id)
    if gate_now is not None:  # the tapped message may be an older one than its notice
        await tap.show(gate_view(gate_now, tap.services))


def gate_view(gate_now: GateView, services: Services, page: int = 0) -> View:
    """Lay out a gate: its stories, its state, and the buttons while it can be answered."""
    gate, now = gate_now.gate, services.clock.now()
    pages = max(1, math.ceil(len(gate_now.stories) / _ON_PAGE))
    page = min(page, pages - 1)
    own = slice(page * _ON_PAGE, (page + 1) * _ON_PAGE)
    numbered = [(number, *story) for number, story in enumerate(gate_now.stories, 1)][own]
    head = operator_texts.GATE if gate.closed_at is None else operator_texts.GATE_PAST
    slot = say_at(gate.slot_at, gate_now.zone, now)
    lines = [
        operator_texts.GATE_STORY.format(number=number, headline=_short(headline))
        for number, _, headline in numbered
    ]
    if pages > 1:
        lines.append(operator_texts.GATE_PAGE.format(page=page + 1, pages=pages))
    dropped = gate_now.dropped[:_MOST_DROPPED]
    parts = (
        [head.format(edition=gate_now.title, slot=slot), gate_status(gate_now, services)],
        lines,
        [operator_texts.GATE_DROPPED_STORY.format(headline=_short(one.headline)) for one in dropped],
    )
    html = Markup("\n\n").join(Markup("\n").join(part) for part in parts if part)
    if gate.closed_at is not None:
        return View(html)
    turns = turning(page, pages, partial(ShowGate, gate.id))
    return View(html, _keyboard(gate, numbered, turns, dropped))


def _short(headline: str) -> str:
    return shortened(one_line(headline), _LONGEST_HEADLINE)


def _keyboard(
    gate: Gate, numbered: Sequence[tuple[int, int, str]], turns: list[Row], dropped: Sequence[Dropped]
) -> InlineKeyboardMarkup:
    drops = [
        short_button(operator_texts.BUTTON_DROP.format(number=number), TakeStory(gate.id, story, False))
        for number, story, _ in numbered
    ]
    label = operator_texts.BUTTON_RESTORE
    restore = [
        [short_button(label.format(headline=one.headline), TakeStory(gate.id, one.story_id, True))]
        for one in dropped
    ]
    answers = []
    if gate.answer != GateAnswer.SEND:
        answers.append(short_button(operator_texts.BUTTON_APPROVE, AnswerGate(gate.id, True)))
    if gate.answer != GateAnswer.HOLD:
        answers.append(short_button(operator_texts.BUTTON_HOLD, AnswerGate(gate.id, False)))
    read_all = short_button(operator_texts.BUTTON_READ_ISSUE, ReadGate(gate.id))
    return InlineKeyboardMarkup([*rows_of(drops, _IN_ROW), *turns, *restore, answers, [read_all]])


# The messages about gates in operators' chats: sent once, edited after each answer.


async def send_gate_notices(bot: Bot, services: Services) -> None:
    """Send each operator the gates that are new, and edit the messages of those that changed."""
    async with services.database.read() as connection:
        found = await find_gates_to_show(connection)
    for gate, notices in found:
        with log_errors("gate notice", gate=gate.id):
            await _send_notices(bot, services, gate, {one.chat_id: one for one in notices})


async def _send_notices(bot: Bot, services: Services, gate: Gate, notices: dict[int, Notice]) -> None:
    unseen = sorted(services.admins - notices.keys()) if gate.closed_at is None else []
    behind = [one for one in notices.values() if one.revision < gate.revision]
    if not unseen and not behind:
        return
    gate_now = await find_gate_view(services, gate.id)
    if gate_now is None:
        return
    view = gate_view(gate_now, services)
    parts = await read_gate(services, gate) if unseen else []
    for chat_id in unseen:
        try:
            for html in parts:
                await send_view(bot, chat_id, View(without_dates(html)))
            number = await send_view(bot, chat_id, view)
        except TelegramError as error:
            _log.error("admin not told of a gate", chat_id=chat_id, error=str(error))
            continue
        await _keep(services, gate_now.gate, Notice(chat_id, number, gate_now.gate.revision))
    for one in behind:
        await _edit(bot, one, view)
        await _keep(services, gate_now.gate, Notice(one.chat_id, one.message_id, gate_now.gate.revision))


async def _edit(bot: Bot, notice: Notice, view: View) -> None:
    try:
        await bot.edit_message_text(
            view.html,
            notice.chat_id,
            notice.message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=view.keyboard,
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as error:  # deleted, too old, or the same: nothing more can be done
        _log.info("gate notice not changed", chat_id=notice.chat_id, error=str(error))


async def _keep(services: Services, gate: Gate, notice: Notice) -> None:
    async with services.database.write() as connection:
        await keep_notice(connection, gate.id, notice)
