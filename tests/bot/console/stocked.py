"""A newsroom with something on every page: hostile words, a waiting issue, a broken source, files."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import true

from bot.news.newsroom import Source, WebSource
from bot.news.services import Services
from storage.articles import store_articles
from storage.delivery.issues import Issue, IssueStory, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.intake.drafts import Refusal
from storage.processing.processed import Findings, make_stories, save_work
from storage.profiles import Choices, join_profile
from storage.search.rebuild import keep_up
from storage.sources import SourceState, record_refusals, save_source_state
from storage.subscribers import subscribe
from summarizer.model import Place, sentence_at
from tests.bot.conftest import incoming, make_edition
from tests.waiting import find_waiting

HOSTILE = "<script>alert(1)</script>\u202eđảo <img src=x onerror=alert(2)> \"'&" + "dài " * 1_000
FILE = '[[editions]]\nname = "sang"\ntitle = "Bản tin sang"\ntimes = ["06:45"]  # sớm\n'
ZONE = "Asia/Ho_Chi_Minh"


async def stock(services: Services, make_newsroom: Any, folder: Path) -> int:
    """Fill the newsroom; return the id of the issue that waits for two readers, 1 and 2."""
    inbox = folder / "tin"
    (inbox / "quarantine").mkdir(parents=True)
    (inbox / "quarantine" / "a<b>.txt").write_text("x", encoding="utf-8")
    (inbox / "quarantine" / "a<b>.txt.reason.txt").write_text(HOSTILE[:300], encoding="utf-8")
    (folder / "diemtin.toml").write_text(FILE, encoding="utf-8")
    web = WebSource("mang", "Báo <Mạng>", "feed", "https://mang.example/rss", ZONE, None, "full")
    services.newsroom = make_newsroom(
        make_edition(),
        sources=(Source("bao-bien", "Báo Biển", "inbox", inbox, ZONE, None, "full", moves_files=True), web),
    )
    now = services.clock.now()
    state = SourceState("mang", web.url, now, fetched_at=now, trouble="missing", detail="HTTP 404 <b>")
    async with services.database.write() as connection:
        await save_source_state(connection, state)
        await record_refusals(
            connection, "mang", [Refusal(f"https://mang.example/{HOSTILE}", HOSTILE)], now=now
        )
        told = replace(incoming("Lũ trên sông Trà rút chậm", "thoi-su", now), speaker="bao-bien")
        hostile = replace(
            incoming(f"Lũ {HOSTILE}"[:490], None, now), speaker="mang", url="https://mang.example/1"
        )
        await store_articles(connection, [told, hostile], now=now)
        stories = []
        for article in await find_waiting(connection, 10):
            stories.append((await make_stories(connection, 1, now=now))[0])
            sentence = sentence_at([article.document], Place(0, "sapo", 0, len(article.sapo)))
            await save_work(
                connection, [Findings(article, (sentence.place,), stories[-1], "thoi-su")], now=now
            )
        profile = await join_profile(
            connection, Choices("sang"), next_due_at=now + dt.timedelta(hours=1), now=now
        )
        for chat in (1, 2):
            await subscribe(connection, chat, kind="private", profile_id=profile, now=now)
        part = Part(
            '<b>Tin sáng</b>\n<a href="javascript:alert(1)">Lũ</a> <a href="https://mang.example/1">Lũ</a>'
        )
        issue = Issue(
            profile, "sang", now, now - dt.timedelta(days=1), IssueStatus.MADE,
            parts=(part,), stories=(IssueStory(stories[0], 0, HOSTILE),),
        )  # fmt: skip
        issue_id = await record_issue(connection, issue, now=now)
        assert issue_id is not None
        await enqueue_issues(connection, [issue_id], true(), release=lambda *_: now, now=now)
    await keep_up(services.database)
    return issue_id
