"""/chude: which topics the digest has. Each tap changes the panel in place; words do what taps do."""

from collections.abc import Sequence

from bot.chat.buttons.intents import Button, SetTopic, Undo
from bot.chat.context import ButtonContext, ChatContext, Screen
from bot.chat.questions.results import shown_question
from bot.chat.settings.choices import change_by_tap, change_choices, find_chosen
from bot.chat.settings.panels import topics_screen
from bot.chat.settings.typed_settings import NoTopicLeftError, TypedTopics, UnknownTopicError, parse_topics
from bot.messages import spoken, texts
from bot.messages.markup import shortened
from bot.news.newsroom import Newsroom
from storage.subscribers import Subscriber

_LONGEST_NAMES = 120  # UTF-16 units of a note


async def handle(context: ChatContext) -> None:
    """Show the topics, first changed as the words say."""
    subscriber = await find_chosen(context.services, context.chat_id)
    if subscriber is None:
        await context.refuse(Screen(texts.NOT_SUBSCRIBED), texts.NOT_SUBSCRIBED_LINE)
    elif context.words:
        await context.show(await _handle_words(context, subscriber))
    else:
        await context.show(topics_screen(subscriber, context.services.newsroom))


async def _handle_words(context: ChatContext, subscriber: Subscriber) -> Screen:
    newsroom = context.services.newsroom
    try:
        typed = parse_topics(context.words, subscriber.choices.topics, newsroom)
    except UnknownTopicError as error:
        note = texts.UNKNOWN_TOPIC.format(name=shown_question(error.name))
        return topics_screen(subscriber, newsroom, note=note)
    except NoTopicLeftError:
        return topics_screen(subscriber, newsroom, note=texts.NO_TOPIC_LEFT)
    return await changed_topics(context, subscriber, typed)


async def changed_topics(context: ChatContext, subscriber: Subscriber, typed: TypedTopics) -> Screen:
    """Make the changes and say what was done, with a way back."""
    newsroom = context.services.newsroom
    changed = await change_choices(context.services, context.chat_id, *typed.changes)
    if changed is None:  # it was deleted in this moment
        return Screen(texts.NOT_SUBSCRIBED)
    if changed.is_same:
        return topics_screen(subscriber, newsroom, note=texts.UNCHANGED)
    note: str = texts.SAVED
    if typed.how is not None:
        note = texts.TOPICS_DONE[typed.how].format(topics=say_names(typed.topics, newsroom))
    return topics_screen(changed.after, newsroom, note=note, undo=Undo(changed.before.profile_id, "topics"))


def say_names(topics: Sequence[str], newsroom: Newsroom) -> str:
    """Name topics as readers know them."""
    return shortened(spoken.say_list([newsroom.topics[name] for name in topics]), _LONGEST_NAMES)


async def change(tap: ButtonContext, wanted: SetTopic | Button) -> None:
    """Take a topic in or out, or have all of them again."""
    is_reset = wanted is Button.ALL_TOPICS
    if changed := await change_by_tap(tap, wanted):
        undo = Undo(changed.before.profile_id, "topics") if is_reset else None
        await tap.show(topics_screen(changed.after, tap.services.newsroom, undo=undo))
