"""/solieu: the daily figures, each to be put on top of the chat's digests by a tap."""

from collections.abc import Sequence

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.choice_intents import ChooseFigure, SetFigure
from bot.chat.buttons.intents import Button
from bot.chat.context import ButtonContext, ChatContext, Screen
from bot.chat.settings.choices import change_choices, find_chosen
from bot.messages import texts, wish_texts
from bot.messages.markup import shortened
from bot.news.daily_figures import MOST_CHOSEN, PrintedFigure, asked_for, find_printed
from storage.subscribers import Subscriber

_MOST_OFFERED = 40
_LONGEST_LABEL = 30  # UTF-16 units: two stand side by side


async def handle(context: ChatContext) -> None:
    """Show the figures, with words those that they ask for."""
    subscriber = await find_chosen(context.services, context.chat_id)
    if subscriber is None:
        await context.refuse(Screen(texts.NOT_SUBSCRIBED), texts.NOT_SUBSCRIBED_LINE)
        return
    figures = await _find(context)
    if context.words.strip():
        figures = asked_for(context.words, figures) or figures
    await context.show(_screen(context, subscriber, figures))


async def change(tap: ButtonContext, wanted: SetFigure) -> None:
    """Put a figure on top of the digests, or take it off."""
    subscriber = await find_chosen(tap.services, tap.chat_id)
    if subscriber is None:
        await tap.acknowledge(texts.NOT_SUBSCRIBED_LINE)
        return
    figures, chosen = await _find(tap), set(subscriber.choices.figures)
    labels = {SetFigure.of(one.figure.label, is_wanted=True).checksum: one.figure.label for one in figures}
    labels |= {SetFigure.of(label, is_wanted=True).checksum: label for label in chosen}
    label = labels.get(wanted.checksum)
    if label is None:
        await tap.acknowledge(wish_texts.FIGURE_GONE)
        return
    if wanted.is_wanted and len(chosen | {label}) > MOST_CHOSEN:
        await tap.acknowledge(wish_texts.TOO_MANY_FIGURES.format(most=MOST_CHOSEN))
        return
    changed = await change_choices(tap.services, tap.chat_id, ChooseFigure(label, wanted.is_wanted))
    if changed is None:
        await tap.acknowledge(texts.NOT_SUBSCRIBED_LINE)
    elif changed.is_same:
        await tap.acknowledge(texts.UNCHANGED)
    else:
        await tap.show(_screen(tap, changed.after, figures))


async def _find(context: ChatContext) -> list[PrintedFigure]:
    async with context.services.database.read() as connection:
        return await find_printed(connection, context.services.newsroom, now=context.now)


def _screen(context: ChatContext, subscriber: Subscriber, figures: Sequence[PrintedFigure]) -> Screen:
    offered = figures[:_MOST_OFFERED]
    if not offered and not subscriber.choices.figures:
        return Screen(wish_texts.NO_FIGURES)
    zone = context.services.newsroom.edition_for(subscriber.choices).schedule.zone
    lines = Markup("\n").join(one.line(now=context.now, zone=zone) for one in offered[:MOST_CHOSEN])
    example = (offered[0].figure.label if offered else subscriber.choices.figures[0]).replace(" · ", " ")
    html = wish_texts.FIGURES.format(lines=lines, most=MOST_CHOSEN, example=example)
    chosen = subscriber.choices.figures
    labels = dict.fromkeys((*(one.figure.label for one in offered), *chosen))  # a chosen one may be gone
    buttons = [_button(label, chosen) for label in labels]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    close = InlineKeyboardButton(texts.BUTTON_CLOSE, callback_data=encode(Button.CLOSE))
    return Screen(html, InlineKeyboardMarkup([*rows, [close]]))


def _button(label: str, chosen: Sequence[str]) -> InlineKeyboardButton:
    is_chosen = label in chosen
    told = shortened(texts.CHOSEN + label if is_chosen else label, _LONGEST_LABEL)
    return InlineKeyboardButton(told, callback_data=encode(SetFigure.of(label, is_wanted=not is_chosen)))
