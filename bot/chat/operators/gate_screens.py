"""The message about a gate for operators: its issues, their state, and the buttons."""

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.intents import Intent
from bot.chat.buttons.operator_intents import (
    ApproveIssue,
    DropStory,
    HoldIssue,
    ReadGate,
    RestoreStory,
    ShowGate,
)
from bot.chat.context import View
from bot.messages import texts
from bot.messages.markup import one_line, shortened
from bot.news.services import Services
from bot.operators.approvals import GateView, gate_status
from bot.operators.reasons import say_at
from storage.delivery.gates import GateAnswer

_ON_PAGE = 15
_IN_ROW = 5
_MOST_DROPPED = 10  # with a button each
_LONGEST_HEADLINE, _LONGEST_LABEL = 100, 40  # UTF-16 units; a page of them fits one message


def gate_screen(gate_now: GateView, services: Services, page: int = 0) -> View:
    """Lay out a gate: its stories, its state, and the buttons while it can be answered."""
    gate, now = gate_now.gate, services.clock.now()
    pages = max(1, -(-len(gate_now.stories) // _ON_PAGE))
    page = min(page, pages - 1)
    shown = gate_now.stories[page * _ON_PAGE : (page + 1) * _ON_PAGE]
    lines = [
        texts.GATE_STORY.format(number=page * _ON_PAGE + at, headline=_short(headline))
        for at, (_, headline) in enumerate(shown, 1)
    ]
    if pages > 1:
        lines.append(texts.GATE_PAGE.format(page=page + 1, pages=pages))
    dropped = [texts.GATE_DROPPED_STORY.format(headline=_short(one.headline)) for one in gate_now.dropped]
    html = Markup("\n\n").join(
        Markup("\n").join(part)
        for part in (
            [
                (texts.GATE if gate.closed_at is None else texts.GATE_PAST).format(
                    edition=gate_now.title, slot=say_at(gate.slot_at, gate_now.zone, now)
                ),
                gate_status(gate_now, services),
            ],
            lines,
            dropped[:_MOST_DROPPED],
        )
        if part
    )
    return View(html, _keyboard(gate_now, page, pages) if gate.closed_at is None else None)


def _short(headline: str) -> str:
    return shortened(one_line(headline), _LONGEST_HEADLINE)


def _keyboard(gate_now: GateView, page: int, pages: int) -> InlineKeyboardMarkup:
    gate = gate_now.gate
    shown = gate_now.stories[page * _ON_PAGE : (page + 1) * _ON_PAGE]
    drops = [
        _button(texts.BUTTON_DROP.format(number=page * _ON_PAGE + at), DropStory(gate.id, story))
        for at, (story, _) in enumerate(shown, 1)
    ]
    rows = [drops[at : at + _IN_ROW] for at in range(0, len(drops), _IN_ROW)]
    if pages > 1:
        others = [(texts.BUTTON_GATE_BACK, page - 1), (texts.BUTTON_GATE_ON, page + 1)]
        rows.append([_button(label, ShowGate(gate.id, to)) for label, to in others if 0 <= to < pages])
    rows += [
        [_button(texts.BUTTON_RESTORE.format(headline=one.headline), RestoreStory(gate.id, one.story_id))]
        for one in gate_now.dropped[:_MOST_DROPPED]
    ]
    answers = []
    if gate.answer != GateAnswer.SEND:
        answers.append(_button(texts.BUTTON_APPROVE, ApproveIssue(gate.id)))
    if gate.answer != GateAnswer.HOLD:
        answers.append(_button(texts.BUTTON_HOLD, HoldIssue(gate.id)))
    return InlineKeyboardMarkup([*rows, answers, [_button(texts.BUTTON_READ_ISSUE, ReadGate(gate.id))]])


def _button(label: str, intent: Intent) -> InlineKeyboardButton:
    return InlineKeyboardButton(shortened(one_line(label), _LONGEST_LABEL), callback_data=encode(intent))
