"""`diemtin digest`: the digest of an edition now, or as of a past moment."""

import datetime as dt
import re
from html import unescape
from typing import Annotated, Any

import typer

from bot.chat.messages.digest_json import digest_json
from bot.commands.opening import open_desk, run, settings_or_exit
from bot.commands.terminal import Json, fail, put, put_json
from bot.digests import Composed, compose_digest, window_for
from bot.newsroom import Edition
from bot.times.rfc3339 import parse_moment


def digest(
    edition: Annotated[
        str | None, typer.Option(metavar="NAME", help="Tên bản tin; bỏ trống là bản mặc định.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="T", help="Nhìn từ lúc này: YYYY-MM-DDTHH:MM hoặc RFC 3339.")
    ] = None,
    json: Json = False,
) -> None:
    """Compose a digest and print it; nobody is sent anything."""
    chosen, composed = run(_compose(edition, at))
    if json:
        put_json(_row(chosen, composed))
    elif not composed.parts:
        put("Chưa có tin nào cho bản tin này.")
    else:
        put("\n\n".join(unescape(re.sub(r"<[^<>]*+>", "", part)) for part in composed.parts))


async def _compose(name: str | None, at: str | None) -> tuple[Edition, Composed]:
    async with open_desk(settings_or_exit()) as desk:
        edition = desk.newsroom.find_edition(name) if name is not None else desk.newsroom.default_edition
        if edition is None:
            known = ", ".join(one.name for one in desk.newsroom.editions)
            fail(f"✗ Không có bản tin «{name}»; đang có: {known}", 2)
        slot = _slot(at, edition.schedule.zone) if at is not None else desk.clock.now()
        window = window_for(edition, slot, by_publication=at is not None)
        return edition, await compose_digest(desk.database, desk.newsroom, edition, window)


def _slot(text: str, zone: str) -> dt.datetime:
    try:
        return parse_moment(text, zone)
    except ValueError:
        fail(
            f"✗ --at «{text}» không phải thời điểm; ví dụ 2026-11-14T18:00 hoặc 2026-11-14T18:00:00+07:00", 2
        )


def _row(edition: Edition, composed: Composed) -> dict[str, Any]:
    return digest_json(composed.digest, composed.parts, zone=edition.schedule.zone)
