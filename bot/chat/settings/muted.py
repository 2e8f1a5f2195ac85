"""Whether a chat left out so much that nothing is left to send."""

from markupsafe import Markup

from bot.chat.context import Visit
from bot.chat.settings.choices import Changed
from bot.messages import wish_texts


async def say_if_all_muted(visit: Visit, changed: Changed) -> list[Markup]:
    """Return a note where the last 24 hours had news, and the new choices leave none of it."""
    if changed.is_same:
        return []
    desk = visit.desk
    edition = desk.newsroom.edition_for(changed.after.choices)
    composed = await desk.last_day.compose(desk.database, desk.newsroom, edition, now=visit.now)
    return [wish_texts.ALL_MUTED] if composed.eligible and not composed.parts else []
