"""`diemtin correct`: correct a story that was sent; the running bot does the rest."""

from typing import Annotated

import typer

from bot.commands.preparing import open_services, run, settings_or_exit
from bot.commands.terminal import fail, put
from bot.messages.markup import visible_text
from bot.messages.rendering import LONGEST_CORRECTION
from bot.news.corrections import find_reach, preview_notice, readable_text, send_correction
from config.settings import Settings
from storage.delivery.corrections import draft_correction


def correct(
    story: Annotated[int, typer.Argument(metavar="STORY", help="Mã của tin; /quantri cho biết.", min=1)],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Nội dung đính chính.")],
    send: Annotated[bool, typer.Option("--send", help="Gửi thật; không có thì chỉ xem trước.")] = False,
) -> None:
    """Correct a story that was sent."""
    words = readable_text(text)
    if words is None:
        fail(f"✗ Nội dung đính chính phải có chữ và dài nhất {LONGEST_CORRECTION} ký tự.", 2)
    run(_correct(settings_or_exit(), story, words, send=send))


async def _correct(settings: Settings, story: int, text: str, *, send: bool) -> None:
    async with open_services(settings) as services:
        reach = await find_reach(services, story) if story < 2**63 else None
        if reach is None:
            fail(f"✗ Trong bảy ngày qua không số nào có tin mang mã {story}.")
        put(visible_text(preview_notice(services, reach, text)))
        if not send:
            put(f"Xem trước: {reach.readers} người sẽ nhận. Gửi thật: thêm --send")
            return
        async with services.database.write() as connection:
            draft = await draft_correction(connection, story, text, now=services.clock.now())
        queued = await send_correction(services, draft.id)
        if queued is not None:
            put(
                f"✓ Đã xếp gửi: sửa {queued.edits} tin nhắn, báo cho {queued.notices} người nhận; "
                "bot đang chạy sẽ gửi."
            )
