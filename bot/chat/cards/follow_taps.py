"""Follow a story from its card, and stop that under the card, in the list of /theodoi, or under an alert."""

from collections.abc import Awaitable, Callable

from bot.chat.buttons import keyboards
from bot.chat.buttons.reader_intents import FollowAgain, FollowStory, Unfollow
from bot.chat.cards.card_taps import articles_of, headline_piece, show_standing
from bot.chat.context import ButtonContext
from bot.messages import texts
from bot.news.stories import find_candidate
from storage.follows import find_follow, find_follow_of, find_follows, follow_story, set_followed
from storage.subscribers import find_subscriber
from summarizer.digest import Candidate
from summarizer.stories.telling import showable

MOST_FOLLOWED = 20  # stories of one chat
ShowList = Callable[[ButtonContext, FollowAgain | None], Awaitable[None]]


async def follow(tap: ButtonContext, wanted: FollowStory) -> None:
    """Follow the story, or follow it no longer."""
    candidate = await find_candidate(tap.services, wanted.article_id)
    if candidate is None or not showable(candidate):
        await tap.acknowledge(texts.CARD_GONE)
        return
    await tap.acknowledge(await _change(tap, candidate, wanted))
    await show_standing(tap, candidate, wanted.article_id)


async def _change(tap: ButtonContext, candidate: Candidate, wanted: FollowStory) -> str:
    """Begin or end to follow, if it is not so already; return what is to be said."""
    piece = headline_piece(candidate, wanted.article_id)
    async with tap.services.database.write() as connection:
        subscriber = await find_subscriber(connection, tap.chat_id)
        if subscriber is None:
            return texts.NEEDS_START
        followed = await find_follow_of(connection, tap.chat_id, articles_of(candidate), now=tap.now)
        if not wanted.is_wanted:
            if followed:
                await set_followed(connection, followed.id, is_followed=False, now=tap.now)
            return texts.UNFOLLOWED
        if followed:
            return texts.FOLLOWING
        title = " ".join(piece.document.title.split())
        begun = await follow_story(
            connection, subscriber.id, piece.article_id, title, most=MOST_FOLLOWED, now=tap.now
        )
    return texts.FOLLOWING if begun else texts.FOLLOWS_FULL.format(most=MOST_FOLLOWED)


async def stop(tap: ButtonContext, wanted: Unfollow, show_list: ShowList) -> None:
    """Stop to follow, from the list or under an alert; both offer to take it back."""
    if line := await _set(tap, wanted.follow_id, is_followed=False):
        await tap.acknowledge(line)
        return
    await tap.acknowledge(texts.UNFOLLOWED)
    again = FollowAgain(wanted.follow_id, wanted.is_in_list)
    if wanted.is_in_list:
        await show_list(tap, again)
    else:
        await tap.show_buttons(keyboards.exchanged(tap.keyboard, wanted, texts.BUTTON_WATCH_AGAIN, again))


async def take_back(tap: ButtonContext, wanted: FollowAgain, show_list: ShowList) -> None:
    """Go on following what was just stopped."""
    if line := await _set(tap, wanted.follow_id, is_followed=True):
        await tap.acknowledge(line)
        return
    await tap.acknowledge(texts.FOLLOWING)
    if wanted.is_in_list:
        await show_list(tap, None)
    else:
        stop_it = Unfollow(wanted.follow_id, is_in_list=False)
        await tap.show_buttons(keyboards.exchanged(tap.keyboard, wanted, texts.BUTTON_STOP_WATCHING, stop_it))


async def _set(tap: ButtonContext, follow_id: int, *, is_followed: bool) -> str | None:
    """Stop a follow of this chat or take it back; say why that cannot be."""
    async with tap.services.database.write() as connection:
        followed = await find_follow(connection, follow_id, tap.chat_id)
        if followed is None:
            return texts.STALE_FOLLOW
        if is_followed and followed.is_removed:
            live = await find_follows(connection, tap.chat_id, now=tap.now)
            if len(live) >= MOST_FOLLOWED:
                return texts.FOLLOWS_FULL.format(most=MOST_FOLLOWED)
        if followed.is_removed == is_followed:
            await set_followed(connection, follow_id, is_followed=is_followed, now=tap.now)
    return None
