"""`diemtin reader` and `diemtin issues`: what an operator reads, and the exit codes."""

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import true

from storage.delivery.issues import Issue, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.engine import Database
from storage.profiles import Choices, join_profile
from storage.subscribers import subscribe

NOON = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)
SLOT = dt.datetime(2026, 11, 19, 23, 45, tzinfo=dt.UTC)


@pytest.fixture
def add_reader(sqlite_url: str) -> Callable[[int], None]:
    """Return a function that makes a reader whose issue of this morning waits for a free moment."""

    async def make(chat: int) -> None:
        database = Database(sqlite_url)
        async with database.write() as connection:
            later = SLOT + dt.timedelta(days=1)
            profile = await join_profile(connection, Choices("sang"), next_due_at=later, now=SLOT)
            await subscribe(connection, chat, kind="private", profile_id=profile, now=SLOT)
            issue = Issue(profile, "sang", SLOT, SLOT, IssueStatus.MADE, parts=(Part("<b>Tin</b>"),))
            issue_id = await record_issue(connection, issue, now=SLOT)
            assert issue_id is not None
            await enqueue_issues(connection, [issue_id], true(), release=lambda *_: SLOT, now=SLOT)
        await database.close()

    return lambda chat: asyncio.run(make(chat))


@pytest.mark.parametrize("chat", [42, -1001234567890])
def test_a_reader_is_shown_with_the_next_arrival_and_the_last_messages(
    run: Any, add_reader: Callable[[int], None], chat: int
) -> None:
    add_reader(chat)
    result = run("reader", str(chat), "--json")
    row = result.json
    assert (result.code, row["chat"], row["edition"], row["quiet"]) == (0, chat, "sang", "22:00–06:30")
    assert row["next"]["arrives"] == "2026-11-21T06:45:00+07:00"
    assert row["last"][0]["reason"] == {"code": "in_turn", "words": "đang chờ đến lượt, từ 06:45"}
    plain = run("reader", str(chat)).out
    assert "Số tới: 06:45 21/11 (số 06:45 21/11)" in plain
    assert "• số 06:45: đang chờ đến lượt" in plain


def test_an_article_is_asked_for_by_its_address(run: Any, add_reader: Callable[[int], None]) -> None:
    add_reader(42)
    row = run("reader", "42", "--article", "https://la.example/1", "--json").json
    assert row["article"]["code"] == "no_source"
    assert "không nguồn nào đã khai báo" in run("reader", "42", "--article", "https://la.example/1").out


def test_issues_are_listed_with_what_comes(run: Any, add_reader: Callable[[int], None]) -> None:
    add_reader(42)
    coming, past = run("issues", "--json").json
    assert (coming["status"], coming["slot"], coming["readers"]) == ("coming", "2026-11-21T06:45:00+07:00", 1)
    assert (past["status"], past["waiting"], past["reason"]["code"]) == ("made", 1, "in_turn")
    assert run("issues").out.splitlines() == [
        "06:45 21/11  sang  sắp phát, 1 người nhận",
        "06:45  sang  1 đang đợi  còn 1 lượt: 1 đã đến lượt",
    ]


def test_an_unknown_chat_and_a_word_in_its_place_get_different_errors(run: Any, newsroom_folder: Any) -> None:
    result = run("reader", "42")
    assert (result.code, result.out) == (1, "")
    assert "Không có ai đăng ký với số 42" in result.err
    assert run("reader", "lan").code == 2
    assert run("issues").out == "Chưa có số nào, và chưa ai đăng ký bản tin nào.\n"
