"""/chude and /solieu: the topics of a chat's digests, and the daily figures on top of them."""

from collections.abc import Sequence

from markupsafe import Markup
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.intents import Button, SetTopic, Undo
from bot.chat.buttons.keyboards import half_button, rows_of
from bot.chat.buttons.reader_intents import ChooseFigure, SetFigure
from bot.chat.buttons.settings_keyboards import CLOSE
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.settings.choices import change_by_tap, change_choices, find_or_refuse, zone_of
from bot.chat.settings.panels import topics_view
from bot.chat.settings.typed_settings import NoTopicLeftError, TypedTopics, UnknownTopicError, parse_topics
from bot.messages import spoken, subscription_texts, texts
from bot.messages.markup import short_name, shortened
from bot.news.daily_figures import MOST_CHOSEN, PrintedFigure, asked_for, find_printed
from bot.news.newsroom import Newsroom
from storage.subscribers import Subscriber

# /chude: which topics the digest has. Each tap changes the panel in place; words do what taps do.

_LONGEST_NAMES = 120  # UTF-16 units of a note


async def handle_topics(context: ChatContext) -> None:
    """Show the topics, first changed as the words say."""
    if subscriber := await find_or_refuse(context):
        panel = topics_view(subscriber, context.services.newsroom)
        await context.show(await _typed_topics(context, subscriber) if context.words else panel)


async def _typed_topics(context: ChatContext, subscriber: Subscriber) -> View:
    newsroom = context.services.newsroom
    try:
        typed = parse_topics(context.words, subscriber.choices.topics, newsroom)
    except UnknownTopicError as error:
        note = subscription_texts.UNKNOWN_TOPIC.format(name=short_name(error.name))
        return topics_view(subscriber, newsroom, note=note)
    except NoTopicLeftError:
        return topics_view(subscriber, newsroom, note=subscription_texts.NO_TOPIC_LEFT)
    return await changed_topics(context, subscriber, typed)


async def changed_topics(context: ChatContext, subscriber: Subscriber, typed: TypedTopics) -> View:
    """Make the changes and say what was done, with a way back."""
    newsroom = context.services.newsroom
    changed = await change_choices(context.services, context.chat_id, *typed.changes)
    if changed is None:  # its data was deleted meanwhile
        return View(subscription_texts.NOT_SUBSCRIBED)
    if changed.is_same:
        return topics_view(subscriber, newsroom, note=subscription_texts.UNCHANGED)
    note: str = subscription_texts.SAVED
    if typed.how is not None:
        names = say_topic_names(typed.topics, newsroom)
        note = subscription_texts.TOPICS_DONE[typed.how].format(topics=names)
    return topics_view(changed.after, newsroom, note=note, undo=Undo(changed.before.profile_id, "topics"))


def say_topic_names(topics: Sequence[str], newsroom: Newsroom) -> str:
    """Name topics as readers know them."""
    return shortened(spoken.say_list([newsroom.topics[name] for name in topics]), _LONGEST_NAMES)


async def change_topics(tap: ButtonContext, wanted: SetTopic | Button) -> None:
    """Take a topic in or out, or have all of them again."""
    if changed := await change_by_tap(tap, wanted):
        undo = Undo(changed.before.profile_id, "topics") if wanted is Button.ALL_TOPICS else None
        await tap.show(topics_view(changed.after, tap.services.newsroom, undo=undo))


# /solieu: the daily figures, each to be put on top of the chat's digests by a tap.

_MOST_OFFERED = 40


async def handle_figures(context: ChatContext) -> None:
    """Show the figures; with words, those that the words name."""
    if subscriber := await find_or_refuse(context):
        figures = await _find_figures(context)
        if context.words.strip():
            figures = asked_for(context.words, figures) or figures
        await context.show(_figures_view(context, subscriber, figures))


async def change_figure(tap: ButtonContext, wanted: SetFigure) -> None:
    """Put a figure on top of the digests, or take it off."""
    subscriber = await find_or_refuse(tap)
    if subscriber is None:
        return
    figures, chosen = await _find_figures(tap), set(subscriber.choices.figures)
    labels = {SetFigure.of(one.figure.label, is_wanted=True).checksum: one.figure.label for one in figures}
    labels |= {SetFigure.of(label, is_wanted=True).checksum: label for label in chosen}
    label = labels.get(wanted.checksum)
    if label is None:
        await tap.acknowledge(subscription_texts.FIGURE_GONE)
        return
    if wanted.is_wanted and len(chosen | {label}) > MOST_CHOSEN:
        await tap.acknowledge(subscription_texts.TOO_MANY_FIGURES.format(most=MOST_CHOSEN))
        return
    changed = await change_choices(tap.services, tap.chat_id, ChooseFigure(label, wanted.is_wanted))
    if changed is None:
        await tap.refuse(subscription_texts.NOT_SUBSCRIBED)
    elif changed.is_same:
        await tap.acknowledge(subscription_texts.UNCHANGED)
    else:
        await tap.show(_figures_view(tap, changed.after, figures))


async def _find_figures(context: ChatContext) -> list[PrintedFigure]:
    async with context.services.database.read() as connection:
        return await find_printed(connection, context.services.newsroom, now=context.now)


def _figures_view(context: ChatContext, subscriber: Subscriber, figures: Sequence[PrintedFigure]) -> View:
    offered = figures[:_MOST_OFFERED]
    if not offered and not subscriber.choices.figures:
        return View(subscription_texts.NO_FIGURES)
    zone = zone_of(subscriber, context.services.newsroom)
    lines = Markup("\n").join(one.line(now=context.now, zone=zone) for one in offered[:MOST_CHOSEN])
    example = (offered[0].figure.label if offered else subscriber.choices.figures[0]).replace(" · ", " ")
    html = subscription_texts.FIGURES.format(lines=lines, most=MOST_CHOSEN, example=example)
    chosen = subscriber.choices.figures
    labels = dict.fromkeys((*(one.figure.label for one in offered), *chosen))  # a chosen one may be gone
    buttons = [_figure_button(label, chosen) for label in labels]
    return View(html, InlineKeyboardMarkup([*rows_of(buttons, 2), [CLOSE]]))


def _figure_button(label: str, chosen: Sequence[str]) -> InlineKeyboardButton:
    is_chosen = label in chosen
    shown = texts.CHOSEN + label if is_chosen else label
    return half_button(shown, SetFigure.of(label, is_wanted=not is_chosen))
