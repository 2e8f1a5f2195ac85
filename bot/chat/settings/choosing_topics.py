"""/chude: which topics the digest has. Each tap changes the panel in place; words do what taps do."""

from collections.abc import Sequence

from bot.chat.buttons.intents import Press, SetTopic, Undo
from bot.chat.context import Screen, Tap, Visit
from bot.chat.questions.results import shown_question
from bot.chat.settings.choices import change_choices, find_chosen
from bot.chat.settings.panels import topics_screen
from bot.chat.settings.typed_settings import NoTopicLeftError, TypedTopics, UnknownTopicError, parse_topics
from bot.messages import spoken, texts
from bot.messages.markup import shortened
from bot.news.newsroom import Newsroom
from storage.subscribers import Subscriber

_LONGEST_NAMES = 120  # UTF-16 units of a note


async def obey(visit: Visit) -> None:
    """Show the topics, first changed as the words say."""
    subscriber = await find_chosen(visit.desk, visit.chat_id)
    if subscriber is None:
        await visit.refuse(Screen(texts.NOT_SUBSCRIBED), texts.NOT_SUBSCRIBED_LINE)
    elif visit.words:
        await visit.show(await _obey_words(visit, subscriber))
    else:
        await visit.show(topics_screen(subscriber, visit.desk.newsroom))


async def _obey_words(visit: Visit, subscriber: Subscriber) -> Screen:
    newsroom = visit.desk.newsroom
    try:
        typed = parse_topics(visit.words, subscriber.choices.topics, newsroom)
    except UnknownTopicError as error:
        note = texts.UNKNOWN_TOPIC.format(name=shown_question(error.name))
        return topics_screen(subscriber, newsroom, note=note)
    except NoTopicLeftError:
        return topics_screen(subscriber, newsroom, note=texts.NO_TOPIC_LEFT)
    return await changed_topics(visit, subscriber, typed)


async def changed_topics(visit: Visit, subscriber: Subscriber, typed: TypedTopics) -> Screen:
    """Make the changes and say what was done, with a way back."""
    newsroom = visit.desk.newsroom
    changed = await change_choices(visit.desk, visit.chat_id, *typed.changes)
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


async def change(tap: Tap, wanted: SetTopic | Press) -> None:
    """Take a topic in or out, or have all of them again."""
    is_reset = wanted is Press.ALL_TOPICS
    changed = await change_choices(tap.desk, tap.chat_id, wanted)
    if changed is None:
        await tap.acknowledge(texts.STALE_BUTTON)
    elif changed.is_same:
        await tap.acknowledge(texts.UNCHANGED)
    else:
        undo = Undo(changed.before.profile_id, "topics") if is_reset else None
        await tap.show(topics_screen(changed.after, tap.desk.newsroom, undo=undo))
