"""`diemtin ingest` and `show`: articles in, and one article as it is stored."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.lines import standard_input
from bot.commands.opening import open_desk, run, settings_or_exit
from bot.commands.terminal import Json, fail, put, put_json, say
from bot.desk import Desk
from bot.jobs.intake import Intake, take_in
from bot.jobs.work_up import WorkUp
from bot.operators.notices import INGEST
from bot.text_work.worker import text_worker
from bot.times.rfc3339 import published_text, to_rfc3339
from storage.articles import StoredArticle, Version, find_summaries, find_versions, get_article
from storage.errors import UnknownArticleError
from storage.intake import Origin, Refusal, Taken, read_path, read_stream
from summarizer.model import Summary


def ingest(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Tệp, thư mục; - hoặc bỏ trống là đầu vào chuẩn."),
    ] = None,
    json: Json = False,
) -> None:
    """Take articles in and work them up."""
    done = run(_ingest(paths or ["-"]))
    if json:
        put_json(asdict(done.tally) | {"rejected": [asdict(refusal) for refusal in done.refused]})
    else:
        put(f"mới {done.tally.new} · cập nhật {done.tally.updated} · trùng {done.tally.duplicate}")
        for refusal in done.refused:
            say(f"✗ {refusal.path}: {refusal.reason}")
    if done.refused:
        raise typer.Exit(1)


async def _ingest(paths: list[str]) -> Intake:
    async with open_desk(settings_or_exit()) as desk:
        total = Intake()
        for path in paths:
            now = desk.clock.now()
            total += await take_in(desk.database, _read(path, desk), INGEST, now=now)
        set_aside: list[Refusal] = []
        async with text_worker() as texts:
            work_up = WorkUp(
                desk.database, desk.clock, texts,
                lambda source, title, reason: set_aside.append(Refusal(f"{source}: {title}", reason)),
            )  # fmt: skip
            await work_up.run(most=sys.maxsize, ranker=desk.newsroom.ranker, rules=desk.newsroom.topic_rules)
        return total + Intake(refused=tuple(set_aside))


def _read(path: str, desk: Desk) -> Iterator[Taken]:
    origin = Origin(zone=desk.newsroom.zone)
    now = desk.clock.now()
    if path == "-":
        return read_stream(standard_input(), "-", origin, now=now)
    return read_path(Path(path), origin, now=now)


def show(
    article_id: Annotated[
        str,
        typer.Argument(metavar="ID", help="Số của bài như «diemtin search» in ra, hoặc id của bài."),
    ],
    json: Json = False,
) -> None:
    """Show one article as it is stored."""
    row = run(_show(article_id))
    if json:
        put_json(row)
        return
    facts = (row["source"], row["published"] or "không rõ ngày đăng", row["url"])
    put(f"{row['title']}\n{' · '.join(filter(None, facts))}")
    for text in filter(None, (row["sapo"], row["body"])):
        put(f"\n{text}")
    put("\nTóm tắt:")
    for sentence in row["summary"]:
        put(f"  • {sentence['text']}  [{sentence['field']} {sentence['start']}–{sentence['end']}]")
    put(f"\nPhiên bản {row['version']}, {len(row['versions'])} bản cũ")


async def _show(article_id: str) -> dict[str, Any]:
    async with open_desk(settings_or_exit()) as desk:
        try:
            async with desk.database.read() as connection:
                article = await get_article(connection, article_id)
                versions = await find_versions(connection, article.id)
                summaries = await find_summaries(connection, [article])
        except UnknownArticleError:
            fail(f"✗ Không có bài «{article_id}»; tìm số của bài bằng: diemtin search")
        return _article_row(article, versions, summaries[article.id], desk.newsroom.zone)


def _article_row(
    article: StoredArticle, versions: list[Version], summary: Summary, zone: str
) -> dict[str, Any]:
    return {
        "id": article.id,
        "external_id": article.external_id,
        "url": article.url,
        "source": article.source,
        "topic": article.topic,
        "published": published_text(article.published, zone),
        "published_precision": article.published.precision if article.published else None,
        "stored": to_rfc3339(article.stored_at, zone),
        "story": article.story_id,
        "advertorial": article.advertorial,
        "title": article.title,
        "sapo": article.sapo,
        "body": article.body,
        "summary": [
            {"text": s.text, "field": s.place.field, "start": s.place.start, "end": s.place.end}
            for s in summary
        ],
        "version": article.version,
        "versions": [
            {"version": v.version, "replaced": to_rfc3339(v.replaced_at, zone)} | asdict(v.document)
            for v in versions
        ],
    }  # fmt: skip
