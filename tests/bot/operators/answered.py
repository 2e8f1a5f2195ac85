"""What operators are answered about a reader, an issue, an article."""

import datetime as dt
from collections.abc import Awaitable, Callable

from bot.news.services import Services
from bot.operators.reader_lookup import find_reader_view, why_article
from bot.operators.reasons import Reason, Why
from bot.operators.schedule_control import list_issues

Reader = Callable[..., Awaitable[int]]
Story = Callable[..., Awaitable[int]]
MINUTE = 60
TO_SLOT = 105 * MINUTE  # from 5:00 to 6:45


async def last(services: Services, chat: int) -> Reason:
    view = await find_reader_view(services, chat)
    assert view is not None
    return view.past[0][1]


async def coming(services: Services, chat: int) -> tuple[str | None, list[Why]]:
    view = await find_reader_view(services, chat)
    assert view is not None
    arrives = view.next.arrives_at
    local = arrives.astimezone(dt.timezone(dt.timedelta(hours=7))) if arrives else None
    return f"{local:%H:%M}" if local else None, [reason.code for reason in view.next.reasons]


async def issue(services: Services) -> Reason:
    _, past = await list_issues(services, days=7, limit=10)
    return past[0][1]


async def article_reason(services: Services, chat: int, wanted: str) -> tuple[str, str]:
    found = await why_article(services, chat, wanted)
    assert found is not None
    return found[1].code, found[1].words
