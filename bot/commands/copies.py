"""`diemtin backup` and `restore`: copies of the SQLite database."""

import os
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.opening import clock_of, is_there, open_database, run, settings_or_exit
from bot.commands.terminal import fail, put
from config.settings import Settings
from storage.errors import InUseError, SchemaError, StorageError
from storage.upkeep.backup import back_up
from storage.upkeep.restore import restore as put_back
from storage.upkeep.soundness import remember_backup


def backup(path: Annotated[Path, typer.Argument(metavar="PATH", help="Tệp sẽ ghi; chưa được có.")]) -> None:
    """Copy the SQLite database while others use it."""
    if os.path.lexists(path):
        fail(f"✗ {path} đã có; hãy chọn tên khác.")
    run(_back_up(settings_or_exit(), path))
    put(f"✓ Đã sao lưu vào {path}")


async def _back_up(settings: Settings, path: Path) -> None:
    async with open_database(settings) as opened:
        if opened.is_postgres:
            fail("✗ Lệnh này chỉ sao lưu SQLite; với PostgreSQL hãy dùng pg_dump.")
        if not is_there(opened):
            fail(f"✗ Chưa có cơ sở dữ liệu {opened.url.database} để sao lưu.")
        try:
            await back_up(opened, path)
            remember_backup(Path(opened.url.database or ""), path)
        except StorageError as error:
            fail(f"✗ Chưa ghi được {path} ({error}); hãy xem thư mục, quyền ghi và chỗ trống trên đĩa.")


def restore(path: Annotated[Path, typer.Argument(metavar="PATH", help="Bản sao lưu sẽ dùng lại.")]) -> None:
    """Put a back-up in the place of the database; what was there is moved aside."""
    if not path.is_file():
        fail(f"✗ Không có tệp {path}.")
    former = run(_restore(settings_or_exit(), path))
    put(f"✓ Đã dùng lại {path}" + (f"; bản trước nằm ở {former}" if former else ""))


async def _restore(settings: Settings, path: Path) -> Path | None:
    async with open_database(settings) as opened:
        if opened.is_postgres:
            fail("✗ Lệnh này chỉ dành cho SQLite; với PostgreSQL hãy dùng pg_restore.")
        try:
            return await put_back(opened, path, now=clock_of(settings).now())
        except InUseError:
            fail("✗ Bot hoặc một lệnh khác đang dùng cơ sở dữ liệu; hãy dừng nó rồi chạy lại.")
        except SchemaError:
            fail(f"✗ {path} do một bản diemtin mới hơn ghi; hãy nâng cấp diemtin rồi chạy lại.")
        except StorageError as error:
            fail(f"✗ Không dùng lại được {path} ({error}); cơ sở dữ liệu đang có vẫn nguyên.")
