"""`diemtin inbox retry`: quarantined files go back into their inbox, to be read anew."""

from typing import Annotated

import typer

from bot.assembly import assemble
from bot.commands.opening import newsroom_or_exit, settings_or_exit
from bot.commands.terminal import fail, put
from storage.intake import bring_back


def retry(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="Tên nguồn; bỏ trống là mọi hộp thư.")
    ] = None,
) -> None:
    """Move quarantined files back."""
    newsroom = assemble(newsroom_or_exit(settings_or_exit()))
    inboxes = [one for one in newsroom.file_sources if one.moves_files and source in (None, one.name)]
    if not inboxes:
        fail("✗ Không có hộp thư nào như vậy; chỉ nguồn inbox có move_files = true mới có quarantine.", 2)
    count = 0
    for inbox in inboxes:
        try:
            for file in bring_back(inbox.path):
                put(str(file))
                count += 1
        except OSError as error:
            fail(f"✗ {inbox.title}: không chuyển được ({error}); hãy xem quyền ghi.")
    put(
        f"✓ Đã đưa {count} tệp về hộp thư; bot đọc lại trong ít giây."
        if count
        else "✓ Không có tệp nào bị giữ."
    )
