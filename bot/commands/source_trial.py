"""`diemtin sources try`: one source read once and explained. Needs no token, stores nothing."""

from contextlib import suppress
from typing import Annotated, Any, NoReturn

import typer

from bot.commands.preparing import clock_of, is_there, newsroom_or_exit, run, settings_or_exit
from bot.commands.terminal import Json, fail, put, put_json, say
from bot.fetching.responses import FetchError, advice, said
from bot.jobs.sources.source_probe import probe, probe_figures, source_at
from bot.jobs.sources.source_report import facts_of, facts_of_figures, figure_lines, lines_of
from bot.news.newsroom import Newsroom, Source, WebSource
from bot.startup.assembly import assemble
from config.settings import Settings
from config.values import web_address
from storage.engine import Database
from storage.errors import StorageError
from storage.intake import DateOrder, UnreadableError
from storage.sources import find_source_states


def try_one(
    target: Annotated[
        str, typer.Argument(metavar="URL|NAME", help="Địa chỉ, hoặc tên một nguồn trong tệp cấu hình.")
    ],
    json: Json = False,
) -> None:
    """Read one source once and explain what it gives."""
    settings = settings_or_exit()
    newsroom = assemble(newsroom_or_exit(settings))
    source = _source_of(target, newsroom)
    place = source.url if isinstance(source, WebSource) else str(source.path)
    try:
        facts = run(_facts(source, newsroom, settings))
    except FetchError as error:
        _refuse(place, said(error.code, error.detail), advice(error.code), json=json)
    except UnreadableError as error:
        _refuse(place, said("unreadable", str(error)), advice("unreadable"), json=json)
    if json:
        put_json(facts)
    else:
        for line in figure_lines(facts) if source.kind == "figures" else lines_of(facts):
            put(line)
    if facts["refused"]:
        raise typer.Exit(1)


def _source_of(target: str, newsroom: Newsroom) -> Source | WebSource:
    found = source_at(target, newsroom)
    if found is None:
        names = ", ".join(one.name for one in newsroom.sources) or "chưa có nguồn nào"
        fail(f"✗ Không có nguồn nào tên «{target}», và đó cũng không phải địa chỉ. Các nguồn: {names}", 2)
    if newsroom.find_source(target) is None and isinstance(found, WebSource):
        try:
            web_address(found.url)
        except ValueError as error:
            fail(f"✗ {error}", 2)
        if "://" not in target:
            say(f"Thiếu https:// nên hiểu là {found.url}; trong tệp cấu hình phải ghi đủ.")
    return found


def _refuse(place: str, error: str, mend: str, *, json: bool) -> NoReturn:
    if json:
        put_json({"address": place, "error": error, "advice": mend})
        raise typer.Exit(1)
    fail(f"✗ {place}: {error}\n  Nên làm: {mend}")


async def _facts(source: Source | WebSource, newsroom: Newsroom, settings: Settings) -> dict[str, Any]:
    clock = clock_of(settings)
    if source.kind == "figures":
        given = await probe_figures(source, newsroom, clock)
        place = source.url if isinstance(source, WebSource) else str(source.path)
        return facts_of_figures(source.name, place, given, source.zone)
    known = await _known_order(source, settings) if isinstance(source, WebSource) else None
    return facts_of(await probe(source, newsroom, clock, date_order=known), newsroom)


async def _known_order(source: WebSource, settings: Settings) -> DateOrder | None:
    """Return the order of day and month that this source proved earlier, where a database knows it."""
    database = Database(settings.database_url.get_secret_value(), settings.index)
    try:
        if is_there(database):
            with suppress(StorageError):
                async with database.read() as connection:
                    state = (await find_source_states(connection)).get(source.name)
                return state.date_order if state is not None and state.url == source.url else None
        return None
    finally:
        await database.close()
