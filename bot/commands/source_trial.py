"""`diemtin sources try`: one source read once and explained. Needs no token, stores nothing."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit

import typer

from bot.commands.preparing import clock_of, is_there, newsroom_or_exit, run, settings_or_exit
from bot.commands.source_report import facts_of, facts_of_figures, figure_lines, lines_of
from bot.commands.terminal import Json, fail, put, put_json, say
from bot.fetching.fetch_errors import FetchError, advice, said
from bot.fetching.fetcher import Fetcher
from bot.jobs.intake.intake import first_bytes
from bot.jobs.intake.taking import reason_of
from bot.jobs.sources.source_probe import Trial, topics_of, try_source
from bot.jobs.sources.source_reading import MOST_ITEMS, Item, Reader, dating_of, private_url
from bot.news.newsroom import Newsroom, Source, WebSource, papers_of
from bot.news.services import Take
from bot.startup.assembly import assemble
from bot.text_work.tasks import TAKE, Taking
from bot.text_work.worker import Failure, Texts, text_worker
from config.settings import Settings
from config.values import web_address
from storage.engine import Database
from storage.errors import StorageError
from storage.intake import (
    OWN_FOLDERS,
    DateOrder,
    Draft,
    Origin,
    Refusal,
    Taken,
    UnreadableError,
    find_files,
    path_drafts,
)
from storage.intake.figure_rows import read_figures
from storage.sources import find_source_states
from storage.threads import INTAKE


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
        is_of_figures = source.kind == "figures"
        facts = run((_figure_facts if is_of_figures else _facts)(source, newsroom, settings))
    except FetchError as error:
        _refuse(place, said(error.code, error.detail), advice(error.code), json=json)
    except UnreadableError as error:
        _refuse(place, said("unreadable", str(error)), advice("unreadable"), json=json)
    if json:
        put_json(facts)
    else:
        for line in figure_lines(facts) if is_of_figures else lines_of(facts):
            put(line)
    if facts["refused"]:
        raise typer.Exit(1)


def _source_of(target: str, newsroom: Newsroom) -> Source | WebSource:
    declared = newsroom.find_source(target)
    if declared is not None:
        return declared
    has_scheme = "://" in target
    if not has_scheme and "." not in target.partition("/")[0]:
        names = ", ".join(one.name for one in newsroom.sources) or "chưa có nguồn nào"
        fail(f"✗ Không có nguồn nào tên «{target}», và đó cũng không phải địa chỉ. Các nguồn: {names}", 2)
    try:
        url = web_address(target if has_scheme else f"https://{target}")
    except ValueError as error:
        fail(f"✗ {error}", 2)
    if not has_scheme:
        say(f"Thiếu https:// nên hiểu là {url}; trong tệp cấu hình phải ghi đủ.")
    title = (urlsplit(url).hostname or "").removeprefix("www.")
    return WebSource("nguon-moi", title, "feed", url, newsroom.zone, None, "full")


def _refuse(place: str, error: str, mend: str, *, json: bool) -> NoReturn:
    if json:
        put_json({"address": place, "error": error, "advice": mend})
        raise typer.Exit(1)
    fail(f"✗ {place}: {error}\n  Nên làm: {mend}")


async def _facts(source: Source | WebSource, newsroom: Newsroom, settings: Settings) -> dict[str, Any]:
    now = clock_of(settings).now()
    async with text_worker() as texts:
        if isinstance(source, WebSource):
            trial = await _try_web(source, newsroom, settings, _taking(texts), now)
            items, found = trial.items, trial
        else:
            items, found = await _try_files(source, newsroom, _taking(texts), now), None
        topics = await topics_of(items, texts, newsroom.topic_rules)
    return facts_of(source, items, topics, newsroom, trial=found, dating=dating_of(items, now))


async def _figure_facts(source: Source | WebSource, newsroom: Newsroom, settings: Settings) -> dict[str, Any]:
    """Read a source of daily figures once."""
    clock = clock_of(settings)
    if isinstance(source, WebSource):
        fetcher = Fetcher(clock, contact=newsroom.contact)
        try:
            place = source.url
            body = (await fetcher.fetch(place, private_url=private_url(source))).body or b""
        finally:
            await fetcher.close()
    else:
        place = str(source.path)
        try:
            body = await INTAKE.run(first_bytes, source.path)
        except OSError as error:
            raise UnreadableError(f"không mở được tệp ({error.strerror})") from None
    given = await INTAKE.run(read_figures, body, place, source.zone, clock.now())
    return facts_of_figures(source.name, place, given, source.zone)


def _taking(texts: Texts) -> Take:
    """Return what takes drafts in the text process; a draft that ends it is refused, nothing is noted."""

    async def take(found: Sequence[Draft | Refusal], origin: Origin, now: dt.datetime) -> list[Taken]:
        drafts = [one for one in found if isinstance(one, Draft)]
        done = await texts.run(TAKE, Taking(origin, now), drafts)
        answers = iter(done)
        return [one if isinstance(one, Refusal) else _settled(one, next(answers)) for one in found]

    return take


def _settled(draft: Draft, answer: Taken | Failure) -> Taken:
    return Refusal(draft.place, reason_of(answer)) if isinstance(answer, Failure) else answer


async def _try_web(
    source: WebSource, newsroom: Newsroom, settings: Settings, take: Take, now: dt.datetime
) -> Trial:
    fetcher = Fetcher(clock_of(settings), contact=newsroom.contact)
    reader = Reader(fetcher, take)
    try:
        known = await _known_order(source, settings)
        return await try_source(source, fetcher, reader, now=now, date_order=known)
    finally:
        reader.close()
        await fetcher.close()


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


async def _try_files(source: Source, newsroom: Newsroom, take: Take, now: dt.datetime) -> tuple[Item, ...]:
    origin = Origin(source.name, source.zone, papers_of(source, newsroom.sources))
    found = await INTAKE.run(lambda: list(islice(_file_drafts(source, origin, now), MOST_ITEMS)))
    taken = await take(found, origin, now)
    return tuple(
        Item(draft if isinstance(draft, Draft) else None, one, origin)
        for draft, one in zip(found, taken, strict=True)
    )


def _file_drafts(source: Source, origin: Origin, now: dt.datetime) -> Iterator[Draft | Refusal]:
    lying = find_files(source.path, leaving_out=OWN_FOLDERS if source.moves_files else ())
    for file in lying:
        if isinstance(file, Refusal):
            yield file
        else:
            yield from path_drafts(file, origin, now=now)
