"""An announcement to everybody while a digest goes out: in turn, at Telegram's rate, never a 429."""

import time

import pytest
from sqlalchemy import select

from bot.emulator.client import control, emulator_process
from bot.news.newsroom import Newsroom
from bot.news.reader_notices import announce
from bot.news.services import Services
from bot.startup.assembly import assemble
from bot.times.clock import Clock
from config.reading import TEMPLATE, parse_newsroom
from storage.delivery.announcements import draft_announcement
from storage.tables import deliveries, messages
from tests.bot.processes.conftest import Start, is_polling, until
from tests.faults.conftest import Figure, Ledger, accepted, copies, make_chats

CHATS = 10_000


def newsroom_of(folder: object) -> Newsroom:
    """Return the newsroom of the template."""
    return assemble(parse_newsroom(TEMPLATE, base=folder))  # type: ignore[arg-type] # a path


@pytest.mark.faults
@pytest.mark.timeout(2_400)
async def test_everybody_is_told_behind_the_digest_that_was_due_first(
    start: Start, sqlite_ledger: Ledger, tmp_path: object, record_property: Figure
) -> None:
    async with emulator_process(strict=True) as url, control(url) as hands:
        chats = await make_chats(hands, CHATS)
        await sqlite_ledger.subscribe(chats)
        services = Services(sqlite_ledger.database, Clock(), newsroom_of(tmp_path))
        async with start(url, DIEMTIN_DATABASE_URL=sqlite_ledger.url) as run:
            await until(lambda: is_polling(hands))
            before, began = await accepted(hands), time.monotonic()
            await sqlite_ledger.publish(await sqlite_ledger.profile_of(chats[0]))
            now = services.clock.now()
            async with services.database.write() as connection:
                number = await draft_announcement(connection, 1, "Mai bot nghỉ một giờ.", now=now)
            assert await announce(services, number, 1) == CHATS
            await until(sqlite_ledger.is_done, within=2_000)
            rate = (await accepted(hands) - before) / (time.monotonic() - began)
            assert (await run.stop())[0] == 0
        statuses = (await hands.get("stats"))["statuses"]
        record_property("figure", f"{rate:.2f} messages a second, {statuses}")
        d = deliveries.c
        query = select(d.subscriber_id, messages.c.kind).join(messages, messages.c.id == d.message_id)
        async with services.database.read() as connection:
            rows = (await connection.execute(query.order_by(d.changed_at, d.id))).all()
        kinds: dict[int, list[str]] = {}
        for row in rows:
            kinds.setdefault(row.subscriber_id, []).append(row.kind)
        assert set(map(tuple, kinds.values())) == {("digest", "announcement")}
        assert set((await copies(hands, chats)).values()) == {2}
        assert "429" not in statuses
        assert rate >= 27
