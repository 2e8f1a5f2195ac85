"""/tin: a digest of the last 24 hours for the chat's choices. The next digest leaves its stories out."""

from dataclasses import replace

from markupsafe import Markup

from bot.chat.cards.digest_buttons import buttons_under, keyboard_of
from bot.chat.context import ChatContext, View
from bot.chat.questions import ask
from bot.chat.settings.choices import default_choices, find_chat_subscriber
from bot.chat.settings.choosing_contents import say_topic_names
from bot.chat.settings.panels import next_arrival, quiet_of
from bot.chat.talk.rule_slots import find_topic_names
from bot.messages import texts
from bot.news.narrowing import topic_names
from bot.news.newsroom import Edition
from storage.shown_stories import record_shown
from storage.subscribers import Subscriber
from summarizer.questions.phrases import asks_for_news
from summarizer.text.syllables import syllables


async def handle(context: ChatContext) -> None:
    """Send the digest, limited to the topics that the words name, or say that there is no news.

    Other words after the command are answered as a question.
    """
    subscriber = await find_chat_subscriber(context.services, context.chat_id)
    choices = subscriber.choices if subscriber else default_choices(context.services.newsroom)
    newsroom = context.services.newsroom
    edition = newsroom.edition_for(choices)
    if topics := find_topic_names(context.words, topic_names(newsroom)):
        names = say_topic_names(topics, newsroom)
        wanted = replace(edition, topics=topics)
        if not await send_digest(context, wanted, title=texts.LAST_DAY_OF.format(topics=names)):
            await context.send(View(texts.NO_NEWS_OF.format(topics=names)))
    elif context.words.strip() and not asks_for_news(tuple(syllables(context.words))):
        await ask.handle(context)
    elif not await send_digest(context, edition):
        await context.send(View(_no_news(context, edition, subscriber)))


async def send_digest(context: ChatContext, edition: Edition, *, title: str = texts.LAST_DAY) -> bool:
    """Compose the digest of the last 24 hours and send its parts; False when there is no news."""
    await context.show_progress()
    services = context.services
    edition = replace(edition, title=title)
    composed = await services.last_day.compose(services.database, services.newsroom, edition, now=context.now)
    async with services.database.write() as connection:
        [buttons] = await buttons_under(connection, [composed], now=context.now)
    for number, (part, under) in enumerate(zip(composed.parts, buttons, strict=True)):
        picture = None if number else composed.picture
        await context.send(View(part, keyboard_of(under), preview_url=picture))
    shown = [story.story_id for story in composed.digest.stories]
    async with services.database.write() as connection:
        await record_shown(connection, context.chat_id, shown, shown_at=composed.as_of)
    return bool(composed.parts)


def _no_news(context: ChatContext, edition: Edition, subscriber: Subscriber | None) -> Markup:
    lines = [texts.NO_NEWS]
    if subscriber and subscriber.status == "active":
        moment = next_arrival(edition, quiet_of(subscriber), context.now)
        lines.append(texts.NO_NEWS_NEXT.format(moment=moment))
    if subscriber and subscriber.choices.topics:
        lines.append(texts.NO_NEWS_TOPICS)
    return Markup("\n").join(lines)
