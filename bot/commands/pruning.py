"""`diemtin db prune`: what the next clean-up would delete, and leave for one that takes more than usual."""

import datetime as dt
from typing import Annotated

import typer

from bot.commands.opening import open_desk, run, settings_or_exit
from bot.commands.terminal import put
from bot.jobs.nightly import ALLOWED
from storage.notes import forget_note, write_note
from storage.upkeep.prune import Extent, measure_prune


def prune_database(
    allow: Annotated[bool, typer.Option("--allow", help="Cho phép lần dọn tới.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Rút lại lời cho phép.")] = False,
) -> None:
    """Say what the next clean-up would delete; allow it or take the leave back."""
    extent = run(_prune(is_allowed=allow and not hold, is_held=hold))
    put(
        f"Sẽ xóa: {extent.articles}/{extent.all_articles} bài, "
        f"{extent.deliveries}/{extent.all_deliveries} lượt gửi"
    )
    if hold:
        put("✓ Bot sẽ không dọn nhiều hơn thường lệ.")
    elif allow:
        put("✓ Bot đang chạy sẽ dọn trong 10 phút (sau 3 giờ sáng). Đổi ý: diemtin db prune --hold")
    elif not extent.is_usual:
        put("Nhiều hơn thường lệ nên bot chưa dọn. Nếu đúng ý: diemtin db prune --allow")


async def _prune(*, is_allowed: bool, is_held: bool) -> Extent:
    async with open_desk(settings_or_exit()) as desk:
        now = desk.clock.now()
        async with desk.database.write() as connection:
            if is_allowed:
                await write_note(connection, ALLOWED, now.isoformat(), now=now)
            elif is_held:
                await forget_note(connection, ALLOWED)
            return await measure_prune(connection, before=now - dt.timedelta(days=desk.newsroom.keep_days))
