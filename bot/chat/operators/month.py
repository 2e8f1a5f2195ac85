"""The operators' chart: active subscribers and deliveries on each of the last thirty days."""

import datetime as dt
from zoneinfo import ZoneInfo

import structlog

from bot.charts.chart import Chart, DrawingError, Panel, Series, draw_in_process
from bot.chat.buttons import keyboards
from bot.chat.context import Attachment, ButtonContext, View
from bot.messages import operator_texts
from storage.delivery.history import count_subscribed_at, deliveries_between

_DAYS = 30
_log = structlog.get_logger(__name__)


async def show(tap: ButtonContext) -> None:
    """Send the picture as a new message."""
    await tap.acknowledge(operator_texts.DRAWING)
    zone = ZoneInfo(tap.services.newsroom.zone)
    first = tap.now.astimezone(zone).date() - dt.timedelta(days=_DAYS - 1)
    midnights = [
        dt.datetime.combine(first + dt.timedelta(days=day), dt.time(), zone).astimezone(dt.UTC)
        for day in range(_DAYS + 1)
    ]
    async with tap.services.database.read() as connection:
        listeners = await count_subscribed_at(connection, midnights[1:])
        sent = await deliveries_between(connection, midnights)
    counts = {status: tuple(day[status] for day in sent) for status in ("sent", "gone", "unknown")}
    failed = tuple(map(sum, zip(counts["gone"], counts["unknown"], strict=True)))
    panels = (
        Panel(operator_texts.HISTORY_LISTENERS, (Series("", tuple(listeners)),), is_line=True),
        Panel(
            operator_texts.HISTORY_DELIVERIES,
            (
                Series(operator_texts.HISTORY_SENT, counts["sent"]),
                Series(operator_texts.HISTORY_FAILED, failed),
            ),
        ),
    )
    try:
        picture = await draw_in_process(Chart(operator_texts.HISTORY_TITLE, first, panels))
    except DrawingError as error:
        _log.error("history not drawn", reason=str(error))
        await tap.send(View(operator_texts.HISTORY_NOT_DRAWN, keyboards.back_to_state()))
        return
    caption = operator_texts.HISTORY.format(
        listeners=listeners[-1],
        sent=sum(counts["sent"]),
        gone=sum(counts["gone"]),
        unknown=sum(counts["unknown"]),
    )
    attachment = Attachment("diem-tin.png", picture, is_picture=True)
    await tap.send(View(caption, keyboards.back_to_state(), attachment))
