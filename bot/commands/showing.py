"""`diemtin show`, `digest` and `simulate`: a stored article, an edition's digest now or on past days."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import asdict
from html import unescape
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.commands.preparing import open_services, run, settings_or_exit
from bot.commands.terminal import Json, fail, hidden, put, put_json
from bot.messages.markup import without_dates
from bot.news.digests import Composed, compose_digest, window_for
from bot.news.newsroom import Edition, Newsroom
from bot.news.simulating import SimulatedIssue, first_ready, simulate
from bot.startup.assembly import assemble
from config.reading import load_newsroom
from config.values import ConfigError
from storage.articles import StoredArticle, Version, find_versions, get_article
from storage.errors import UnknownArticleError
from storage.processing.processed import find_summaries
from storage.times import parse_moment, published_text, to_rfc3339
from summarizer.digest import Digest
from summarizer.model import DigestStory, Disagreement, Figure, Place, Quote, Report, Summary


def show(
    article_id: Annotated[
        str,
        typer.Argument(metavar="ID", help="Số của bài như «diemtin search» in ra, hoặc id của bài."),
    ],
    json: Json = False,
) -> None:
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
    async with open_services(settings_or_exit()) as services:
        try:
            async with services.database.read() as connection:
                article = await get_article(connection, article_id)
                versions = await find_versions(connection, article.id)
                summaries = await find_summaries(connection, [article])
        except UnknownArticleError:
            fail(f"✗ Không có bài «{article_id}»; tìm số của bài bằng: diemtin search")
        return _article_row(article, versions, summaries[article.id], services.newsroom.zone)


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
            {"text": sentence.text} | place_json(sentence.place) for sentence in summary
        ],
        "version": article.version,
        "versions": [
            {"version": v.version, "replaced": to_rfc3339(v.replaced_at, zone)} | asdict(v.document)
            for v in versions
        ],
    }  # fmt: skip


def digest(
    edition: Annotated[
        str | None, typer.Option(metavar="NAME", help="Tên bản tin; bỏ trống là bản mặc định.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="T", help="Nhìn từ lúc này: YYYY-MM-DDTHH:MM hoặc RFC 3339.")
    ] = None,
    json: Json = False,
) -> None:
    """Print the digest of an edition now, or as of a past moment; nothing is sent."""
    chosen, composed = run(_compose(edition, at))
    if json:
        put_json(digest_json(composed.digest, composed.parts, zone=chosen.schedule.zone))
    elif not composed.parts:
        put("Chưa có tin nào cho bản tin này.")
    else:
        put("\n\n".join(unescape(re.sub(r"<[^<>]*+>", "", part)) for part in composed.parts))


async def _compose(name: str | None, at: str | None) -> tuple[Edition, Composed]:
    async with open_services(settings_or_exit()) as services:
        edition = (
            services.newsroom.find_edition(name) if name is not None else services.newsroom.default_edition
        )
        if edition is None:
            known = ", ".join(one.name for one in services.newsroom.editions)
            fail(f"✗ Không có bản tin «{name}»; đang có: {known}", 2)
        slot = _slot(at, edition.schedule.zone) if at is not None else services.clock.now()
        window = window_for(edition, slot, by_publication=at is not None)
        return edition, await compose_digest(services.database, services.newsroom, edition, window)


def _slot(text: str, zone: str) -> dt.datetime:
    try:
        return parse_moment(text, zone)
    except ValueError:
        fail(
            f"✗ --at «{text}» không phải thời điểm; ví dụ 2026-11-14T18:00 hoặc 2026-11-14T18:00:00+07:00", 2
        )


def digest_json(digest: Digest, parts: Sequence[str], *, zone: str) -> dict[str, Any]:
    """Return the digest with its rendered messages `parts`; its slot with the offset of `zone`."""
    return {
        "edition": digest.edition,
        "slot": to_rfc3339(digest.slot, zone),
        "stories": [_story(story) for story in digest.stories],
        "parts": [without_dates(part) for part in parts],  # only tags that every Bot API server knows
    }


def place_json(place: Place | Quote | Figure) -> dict[str, Any]:
    """Return where a text stands in its article."""
    return {"field": place.field, "start": place.start, "end": place.end}


def _story(story: DigestStory) -> dict[str, Any]:
    return {
        "title": story.title,
        "topic": story.topic,
        "sentences": [
            {"text": quote.text, "article": quote.article_id} | place_json(quote) for quote in story.quotes
        ],
        "reports": [
            {"article": r.article_id, "paper": r.paper, "published_at": _when(r), "precision": r.precision}
            for r in story.reports
        ],
        "sources": [{"name": source.name, "url": source.url} for source in story.sources],
        "update": story.is_update,
        "disagreements": [_disagreement(story.disagreement)] if story.disagreement else [],
    }


def _when(report: Report) -> str | None:
    return to_rfc3339(report.published_at, "UTC") if report.published_at else None


def _disagreement(disagreement: Disagreement) -> dict[str, Any]:
    claims = [
        {"source": claim.source, "value_text": claim.value, "article": claim.article_id} | place_json(claim)
        for claim in disagreement.claims
    ]
    return {"what": disagreement.what, "claims": claims}


def simulate_days(
    day: Annotated[str, typer.Argument(metavar="NGÀY", help="Ngày đầu, dạng YYYY-MM-DD.")],
    days: Annotated[int, typer.Option(metavar="N", min=1, max=366, help="Số ngày, 1 đến 366.")] = 1,
    config: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Tệp cấu hình khác để thử; bỏ trống là tệp đang dùng."),
    ] = None,
    json: Json = False,
) -> None:
    """Print what each edition would have sent on past days, with the present or other settings."""
    try:
        first = dt.date.fromisoformat(day)
    except ValueError:
        fail(f"✗ «{day}» không phải một ngày; ví dụ 2026-11-14", 2)
    other = _read(config) if config is not None else None
    if run(_print_all(first, days, other, json)) == 0 and not json:
        put("Không có giờ phát nào trong những ngày ấy.")


def _read(path: Path) -> Newsroom:
    try:
        return assemble(load_newsroom(path))
    except ConfigError as error:
        fail("\n".join(f"✗ {path}: {problem}" for problem in error.problems))


async def _print_all(first: dt.date, days: int, other: Newsroom | None, json: bool) -> int:
    count, is_early = 0, False
    async with open_services(settings_or_exit()) as services:
        newsroom, now = other or services.newsroom, services.clock.now()
        ready = await first_ready(services.database)
        async for one in simulate(services.database, newsroom, first, days, until=now):
            count += 1
            if json:
                put_json(_simulated_row(one))
            else:
                is_early = is_early or (ready is not None and one.slot_at < ready)
                for line in _simulated_lines(one):
                    put(line)
        if is_early and ready is not None:
            since = ready.astimezone(ZoneInfo(newsroom.zone))
            put(f"Bài đầu tiên còn lưu có từ {since:%H:%M %d/%m/%Y}: các số trước đó không có gì để soạn.")
    return count


def _simulated_lines(one: SimulatedIssue) -> list[str]:
    local = one.slot_at.astimezone(ZoneInfo(one.edition.schedule.zone))
    digest = one.composed.digest
    left = f", {digest.left_out} tin khác không đủ chỗ" if digest.left_out else ""
    size = f"{len(digest.stories)} tin, {len(one.composed.parts)} tin nhắn{left}"
    head = f"{local:%H:%M %d/%m/%Y}  {one.edition.title}: {size if digest.stories else 'không có tin nào'}"
    return [head, *(f"  • {hidden(story.title)}" for story in digest.stories)]


def _simulated_row(one: SimulatedIssue) -> dict[str, Any]:
    digest = one.composed.digest
    return {
        "edition": one.edition.name,
        "slot": to_rfc3339(one.slot_at, one.edition.schedule.zone),
        "stories": [story.title for story in digest.stories],
        "messages": len(one.composed.parts),
        "left_out": digest.left_out,
    }
