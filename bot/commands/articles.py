"""`diemtin show`: one article as it is stored."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.commands.opening import open_desk, run, settings_or_exit
from bot.commands.terminal import Json, fail, put, put_json
from bot.times.rfc3339 import published_text, to_rfc3339
from storage.articles import StoredArticle, Version, find_summaries, find_versions, get_article
from storage.errors import UnknownArticleError
from summarizer.model import Summary


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
