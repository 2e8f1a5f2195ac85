"""`diemtin sources`: the state of each source, a trial of one, and import and export of feeds."""

import datetime as dt
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer

from bot.commands.newsroom_writing import print_or_append, tables_for
from bot.commands.preparing import (
    clock_of,
    database_exists,
    newsroom_or_exit,
    open_services,
    run,
    settings_or_exit,
)
from bot.commands.terminal import Json, fail, put, put_json, say
from bot.fetching.responses import FetchError, advice, describe_failure
from bot.jobs.sources.source_probe import probe, probe_figures, source_at
from bot.jobs.sources.source_report import facts_of, facts_of_figures, figure_lines, lines_of
from bot.news.newsroom import Newsroom, Source, WebSource
from bot.operators.source_notices import status_of
from bot.startup.assembly import assemble
from config.defaults import NewSource, starter_feeds
from config.newsroom import Newsroom as Declared
from config.settings import Settings
from config.values import web_address
from storage.engine import Database
from storage.errors import StorageError
from storage.intake.date_text import DateOrder
from storage.intake.drafts import UnreadableError
from storage.intake.feeds import Outline, read_opml, write_opml
from storage.notes import find_note
from storage.sources import SourceState, find_source_states
from storage.times import to_rfc3339

_MOST_OPML_BYTES = 5_000_000
_MARKS = {"ok": "✓", "waiting": "·", "broken": "✗", "quiet": "!"}
_ORDERS = {DateOrder.DAY_FIRST: "ngày", DateOrder.MONTH_FIRST: "tháng"}
Append = Annotated[bool, typer.Option("--append", help="Ghi thêm vào cuối tệp cấu hình thay vì in ra.")]


def list_sources(json: Json = False) -> None:
    rows, zone = run(_gather())
    if json:
        put_json(rows)
        return
    for row in rows:
        put(_line(row, ZoneInfo(zone)))
    if not rows:
        put("Chưa khai báo nguồn nào; xem danh sách có sẵn: diemtin sources starter")


async def _gather() -> tuple[list[dict[str, Any]], str]:
    async with open_services(settings_or_exit()) as services, services.database.read() as connection:
        states = await find_source_states(connection)
        unread = {
            source.name
            for source in services.newsroom.file_sources
            if await find_note(connection, f"unreadable:{source.name}") is not None
        }
    return [_row(source, states, unread, services.newsroom) for source in services.newsroom.sources], (
        services.newsroom.zone
    )


def _row(
    source: Source | WebSource, states: dict[str, SourceState], unread: set[str], newsroom: Newsroom
) -> dict[str, Any]:
    row = {"name": source.name, "title": source.title, "kind": source.kind}
    if isinstance(source, Source):
        status = "broken" if source.name in unread else "ok"
        return row | {"path": str(source.path), "status": status}
    state = states.get(source.name)
    if state is None or state.url != source.url:
        return row | {"url": source.url, "status": "waiting"}
    times = {"last_fetch": state.fetched_at, "last_new": state.new_at, "next": state.next_at}
    return (
        row
        | {"url": source.url, "status": status_of(state)}
        | {key: to_rfc3339(at, newsroom.zone) if at else None for key, at in times.items()}
        | {"items": state.items, "failures": state.failures, "moved_to": state.moved_to}
        | {"date_order": state.date_order}
        | {"elsewhere": state.elsewhere, "left_out": state.left_out}
        | {"error": describe_failure(state.trouble, state.detail) if state.trouble else None}
        | {"advice": advice(state.trouble) if state.trouble else None}
    )


def _line(row: dict[str, Any], zone: ZoneInfo) -> str:
    head = f"{_MARKS[row['status']]} {row['name']}  {row['title']}"
    if "path" in row:
        wrong = " · không đọc được; hãy kiểm tra đường dẫn và quyền" if row["status"] == "broken" else ""
        return f"{head} · {row['path']}{wrong}"
    if row["status"] == "waiting":
        return f"{head} · chưa hỏi lần nào · {row['url']}"
    facts = [
        f"{row['items']} bài",
        f"tin mới {_when(row['last_new'], zone)}",
        f"hỏi lại {_when(row['next'], zone)}",
    ]
    if row["error"]:
        facts = [
            f"{row['error']}; {row['advice']}",
            f"lần cuối được {_when(row['last_fetch'], zone)}",
            *facts,
        ]
    if row["date_order"]:
        facts.append(f"báo ghi {_ORDERS[row['date_order']]} trước")
    if row["moved_to"]:
        facts.append(f"đã chuyển sang {row['moved_to']}")
    if row["elsewhere"]:
        facts.append(f"{row['elsewhere']} bài dẫn sang báo khác, đứng tên nguồn này")
    if row["left_out"]:
        facts.append(f"bỏ lại {row['left_out']} bài vì feed có quá nhiều một lần")
    return f"{head} · {' · '.join(facts)}"


def _when(moment: str | None, zone: ZoneInfo) -> str:
    return f"{dt.datetime.fromisoformat(moment).astimezone(zone):%H:%M %d/%m}" if moment else "chưa có"


def import_opml(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Tệp OPML mà máy đọc tin xuất ra.")],
    append: Append = False,
) -> None:
    settings = settings_or_exit()
    declared = newsroom_or_exit(settings)
    try:
        with file.open("rb") as stream:
            data = stream.read(_MOST_OPML_BYTES + 1)
        if len(data) > _MOST_OPML_BYTES:
            raise UnreadableError("tệp lớn hơn 5 MB")
        outlines, unusable = read_opml(data)
    except OSError as error:
        fail(f"✗ Không đọc được {file} ({error.strerror}).")
    except UnreadableError as error:
        fail(f"✗ {file}: {error}")
    wanted = [NewSource(one.title, one.title, one.url, _topic_of(one, declared)) for one in outlines]
    tables = tables_for(wanted, declared)
    print_or_append(tables, settings.config, append=append)
    if len(tables) < len(outlines):
        say(f"{len(outlines) - len(tables)} nguồn đã có trong tệp cấu hình.")
    if unusable:
        say(f"✗ Bỏ {unusable} nguồn không có địa chỉ http(s) dùng được.")
        raise typer.Exit(1)


def _topic_of(outline: Outline, declared: Declared) -> str | None:
    """Return the declared topic that a folder of the feed names, the innermost first, or the feed itself."""
    names = {
        name.casefold(): topic.name
        for topic in declared.topics
        for name in (topic.name, topic.title, *topic.aliases)
    }
    folders = (folder.casefold() for folder in (*reversed(outline.folders), outline.title))
    return next((names[folder] for folder in folders if folder in names), None)


def export_opml() -> None:
    declared = newsroom_or_exit(settings_or_exit())
    feeds = [Outline(one.title, one.feed) for one in declared.sources if isinstance(one.feed, str)]
    put(write_opml(feeds, "Điểm Tin").rstrip())


def starter(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORD", help="Báo hoặc chủ đề, như vnexpress, the-thao; bỏ trống là tất cả."),
    ] = None,
    append: Append = False,
) -> None:
    settings = settings_or_exit()
    feeds = starter_feeds()
    chosen = [
        feed
        for feed in feeds
        if not words or any(word in (feed.topic, *_papers(feed.name)) for word in words)
    ]
    if not chosen:
        known = sorted({feed.topic for feed in feeds if feed.topic})
        fail(f"✗ Không có nguồn nào như vậy. Các chủ đề: {', '.join(known)}", 2)
    print_or_append(tables_for(chosen, newsroom_or_exit(settings)), settings.config, append=append)
    say("Các địa chỉ này chưa được kiểm tra; bot sẽ báo địa chỉ nào không dùng được.")


def _papers(name: str) -> list[str]:
    """Return the beginnings of a feed's name up to each hyphen; one of them is its paper."""
    parts = name.split("-")
    return ["-".join(parts[:length]) for length in range(1, len(parts) + 1)]


def try_one(
    target: Annotated[
        str, typer.Argument(metavar="URL|NAME", help="Địa chỉ, hoặc tên một nguồn trong tệp cấu hình.")
    ],
    json: Json = False,
) -> None:
    """Read one source once and explain it. This needs no token and stores nothing."""
    settings = settings_or_exit()
    newsroom = assemble(newsroom_or_exit(settings))
    source = _source_of(target, newsroom)
    place = source.url if isinstance(source, WebSource) else str(source.path)
    try:
        facts = run(_facts(source, newsroom, settings))
    except FetchError as error:
        _refuse(place, describe_failure(error.code, error.detail), advice(error.code), json=json)
    except UnreadableError as error:
        _refuse(place, describe_failure("unreadable", str(error)), advice("unreadable"), json=json)
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
    """Return the source's order of day and month, if the database knows it."""
    database = Database(settings.database_url.get_secret_value(), settings.index)
    try:
        if database_exists(database):
            with suppress(StorageError):
                async with database.read() as connection:
                    state = (await find_source_states(connection)).get(source.name)
                return state.date_order if state is not None and state.url == source.url else None
        return None
    finally:
        await database.close()
