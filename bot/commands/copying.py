"""`diemtin db copy`: a whole database into an empty one, SQLite or PostgreSQL."""

import datetime as dt
from typing import Annotated

import typer

from bot.commands.preparing import clock_of, database_exists, database_or_exit, run, settings_or_exit
from bot.commands.terminal import Json, fail, put, put_json, say
from bot.process.logs import Redactor
from bot.telegram.lease import describe_process, is_gone
from config.settings import database_address
from storage.engine import Database
from storage.upkeep.comparing import TableHash
from storage.upkeep.copying import CopyError, Progress, Show, copy_database

_SIDES = {"source": "Nguồn", "target": "Đích"}
_MANY_ROWS = 10_000
_OBJECTIONS = {
    "same place": "{side} cũng là nguồn ({detail}); hãy chọn một cơ sở dữ liệu khác.",
    "running": "{side}: bot đang chạy ({detail}); hãy dừng bot rồi chạy lại. "
    "Nếu bot vừa dừng đột ngột, hãy đợi 10 giây.",
    "no schema": "{side} chưa có gì để chép.",
    "other schema": "{side} có lược đồ {detail}, khác với phiên bản này; hãy chạy diemtin db upgrade ở đó.",
    "unfinished source": "{side} là bản sao chép dở; hãy chép nốt nó, hoặc chép từ bản gốc.",
    "not empty": "{side} đã có dữ liệu (bảng {detail}); hãy chọn tệp mới hoặc tạo cơ sở dữ liệu trống.",
    "other source": "{side} là bản chép dở của một nơi khác ({detail}); hãy chép tiếp từ nơi đó.",
    "another copy": "Một lệnh khác cũng đang chép vào đây; lệnh này dừng, lệnh kia vẫn chép.",
    "values": "{side} không nhận được một giá trị trong {detail}; chưa có gì của trang này được ghi.",
    "differs": "Nguồn đã đổi trong lúc chép (bảng {detail}). Hãy dừng mọi thứ ghi vào nguồn, "
    "xóa bản sao này rồi chép lại vào cơ sở dữ liệu trống.",
}  # fmt: skip


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="Địa chỉ hoặc tệp SQLite sẽ chép.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Địa chỉ hoặc tệp SQLite, còn trống.")],
    json: Json = False,
) -> None:
    """Copy a database into an empty one and verify it; an interrupted copy continues where it stopped."""
    addresses = _address(source, "FROM"), _address(target, "TO")
    hashes = run(_copy(*addresses, clock_of(settings_or_exit()).now()))
    rows = sum(one.rows for one in hashes.values())
    if json:
        put_json({name: {"rows": one.rows, "hash": str(one)} for name, one in hashes.items()})
        return
    put(f"✓ Đã chép {rows} dòng của {len(hashes)} bảng; đọc lại hai bên, mọi bảng giống nhau.")
    put("Tiếp theo: đặt DIEMTIN_DATABASE_URL thành nơi mới, chạy diemtin db reindex, rồi khởi động bot.")


def _address(given: str, name: str) -> str:
    """Return the database's address; a word that is no address is the path of a SQLite file."""
    try:
        return database_address(given if ":" in given else f"sqlite:///{given}")
    except ValueError as error:
        fail(f"✗ {name}: {error}", 2)


async def _copy(source: str, target: str, now: dt.datetime) -> dict[str, TableHash]:
    async with (
        database_or_exit(Database(source), Redactor(), "FROM") as ours,
        database_or_exit(Database(target), Redactor(), "TO") as theirs,
    ):
        if not database_exists(ours):
            fail(f"✗ Không có cơ sở dữ liệu {ours.place}.")
        try:
            return await copy_database(ours, theirs, now=now, is_gone=is_gone, on_progress=_show_tables())
        except CopyError as error:
            detail = describe_process(error.detail) if error.why == "running" else error.detail
            fail(f"✗ {_OBJECTIONS[error.why].format(side=_SIDES[error.side], detail=detail)}")


def _show_tables() -> Show:
    """Return a callback that writes a line for each tenth of a table, and none for small tables."""
    shown = set[tuple[bool, str, int]]()

    def show(step: Progress) -> None:
        tenth = (step.is_comparing, step.table, step.done * 10 // max(1, step.total))
        if step.total >= _MANY_ROWS and tenth not in shown:
            shown.add(tenth)
            say(f"{'So lại' if step.is_comparing else 'Chép'} {step.table}: {step.done}/{step.total} dòng")

    return show
