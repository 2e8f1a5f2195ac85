"""Whether a chat left out so much that nothing is left to send."""

from markupsafe import Markup

from bot.chat.context import ChatContext
from bot.chat.settings.choices import Changed
from bot.messages import wish_texts


async def say_if_all_muted(context: ChatContext, changed: Changed) -> list[Markup]:
    """Return a note where the last 24 hours had news, and the new choices leave none of it."""
    if changed.is_same:
        return []
    services = context.services
    edition = services.newsroom.edition_for(changed.after.choices)
    composed = await services.last_day.compose(services.database, services.newsroom, edition, now=context.now)
    return [wish_texts.ALL_MUTED] if composed.eligible and not composed.parts else []
