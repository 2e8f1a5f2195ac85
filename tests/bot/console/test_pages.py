"""The console's pages over real HTTP, on both engines: what they show, escaped, and what they change."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.news.services import Services
from storage.delivery.refusals import limit_bot
from storage.intake.drafts import Refusal
from storage.notes import find_audit_entries
from storage.sources import record_refusals
from storage.tables import deliveries
from tests.bot.conftest import ADMIN
from tests.bot.console.conftest import Browser, Served
from tests.bot.console.stocked import stock

MOST_BYTES = 60_000


@pytest.fixture
async def issue(services: Services, make_newsroom: Any, tmp_path: Path) -> int:
    """The issue that waits, in a newsroom with something on every page."""
    return await stock(services, make_newsroom, tmp_path)


async def shown(operator: Browser, path: str) -> str:
    answer = await operator.get(path)
    assert answer.status == 200, answer.text
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert "javascript:" not in answer.text
    assert "\u202e" not in answer.text
    assert len(answer.text.encode()) < MOST_BYTES
    return answer.text


async def test_today_shows_what_came_what_waits_and_what_is_wrong(
    operator: Browser, issue: int, served: Served
) -> None:
    served.problems = ["Telegram <b>không</b> trả lời"]
    page = await shown(operator, "")
    assert "Telegram &lt;b&gt;không&lt;/b&gt; trả lời" in page
    assert f'href="/bang/so/{issue}"' in page
    assert "còn 2 lượt: 2 đã đến lượt" in page
    assert "<li>2 lượt đã đến lượt, lâu nhất từ" in page
    served.problems = []
    assert "Bot đang chạy tốt." in await shown(operator, "")


async def test_today_says_what_holds_messages_back(operator: Browser, issue: int, services: Services) -> None:
    later = services.clock.now() + dt.timedelta(hours=1)
    async with services.database.write() as connection:
        await connection.execute(update(deliveries).values(not_before=later))
        await limit_bot(connection, later, now=services.clock.now())
    page = await shown(operator, "")
    assert "Telegram bảo bot nghỉ (429) đến" in page
    assert "<li>2 lượt chưa đến lượt: trong giờ yên tĩnh" in page
    assert "đã đến lượt, lâu nhất" not in page


async def test_sources_show_how_they_fare_with_bars_that_can_be_heard(operator: Browser, issue: int) -> None:
    page = await shown(operator, "/nguon")
    assert "Báo &lt;Mạng&gt;" in page
    assert "không có trang này (HTTP 404 &lt;b&gt;); tìm địa chỉ RSS mới" in page
    assert 'aria-label="Số bài mỗi ngày trong 14 ngày: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1"' in page
    assert "7 ngày 1 bài, 100 % đã vào bản tin" in page


async def test_issues_and_one_issue_as_its_readers_see_it(operator: Browser, issue: int) -> None:
    assert "còn 2 lượt" in await shown(operator, "/so")
    page = await shown(operator, f"/so/{issue}")
    assert "<b>Tin sáng</b>\n<a>Lũ</a> " in page
    assert '<a href="https://mang.example/1" rel="noreferrer noopener">Lũ</a>' in page
    assert (await operator.get("/so/999")).status == 404


async def test_a_reader_is_shown_with_reasons_and_counts_but_no_words(operator: Browser, issue: int) -> None:
    page = await shown(operator, "/nguoi-nhan?so=1&bai=https%3A%2F%2Fmang.example%2F1")
    assert "đang nhận bản tin" in page
    assert "đang chờ đến lượt" in page
    assert "Bài được hỏi" in page
    for asked in ("7", "lan", "1" * 30, "<script>", "%00", "\u202e", "-1001234567890"):
        assert "<time" in await shown(operator, f"/nguoi-nhan?so={asked}")


async def test_search_finds_what_readers_find(operator: Browser, issue: int) -> None:
    page = await shown(operator, "/tim?q=lũ")
    assert "2 bài" in page
    assert "&lt;script&gt;" in page
    assert page.count("Vì sao đứng thứ") == 2
    assert "Tiêu đề có: lũ (100 %)." in page
    assert "Đứng trên bài sau vì" in page
    assert "xếp theo thời gian" in await shown(operator, "/tim?q=tin hôm nay")
    for asked in ("", "   ", "<script>", '"', "x" * 5_000, "%00", "\u202e"):
        await shown(operator, f"/tim?q={asked}")


async def test_an_issue_is_taken_back_once_and_written_down(
    operator: Browser, issue: int, services: Services
) -> None:
    csrf = await operator.csrf()
    for _ in range(2):
        answer = await operator.post(f"/so/{issue}/thu-hoi", csrf=csrf)
        assert (answer.status, answer.headers["Location"]) == (303, f"/bang/so/{issue}")
    assert "Thu hồi số này" not in await shown(operator, f"/so/{issue}")
    assert "số đã thu hồi trước khi gửi" in await shown(operator, "/nguoi-nhan?so=1")
    async with services.database.read() as connection:
        deeds = await find_audit_entries(connection, limit=10)
    assert [(deed.admin, str(deed.kind), deed.detail) for deed in deeds] == [
        (ADMIN, "retracted", "sang, 2 lượt"),
        (ADMIN, "logged_in", ""),
    ]
    assert "Thu hồi <bdi>sang, 2 lượt</bdi>" in await shown(operator, "/nhat-ky")


async def test_quarantined_files_are_looked_at_and_taken_again(
    operator: Browser, issue: int, tmp_path: Path
) -> None:
    page = await shown(operator, "/cach-ly")
    assert "a&lt;b&gt;.txt" in page
    csrf = await operator.csrf()
    assert (await operator.post("/cach-ly/nhan-lai", csrf=csrf, nguon="../etc")).status == 404
    assert (await operator.post("/cach-ly/nhan-lai", csrf=csrf, nguon="bao-bien")).status == 303
    assert (tmp_path / "tin" / "a<b>.txt").exists()
    assert "Đưa tệp về hộp thư" in await shown(operator, "/nhat-ky")
    assert "đang giữ" not in await shown(operator, "/cach-ly")


async def test_what_was_refused_leads_to_its_article(
    operator: Browser, issue: int, services: Services
) -> None:
    link = 'https://mang.example/bai?a=1&b="<'
    refused = [Refusal("https://mang.example/rss#4", "bài quá ngắn", link), Refusal("a.txt:2", "lỗi")]
    async with services.database.write() as connection:
        await record_refusals(connection, "mang", refused, now=services.clock.now())
    for path in ("", "/nguon", "/cach-ly"):
        page = await shown(operator, path)
        assert 'href="https://mang.example/bai?a=1&amp;b=&#34;&lt;" rel="noreferrer noopener"' in page
        assert page.count("Xem bài<") == 1


async def test_pages_stay_small_however_much_there_is(
    operator: Browser, issue: int, services: Services
) -> None:
    now = services.clock.now()
    async with services.database.write() as connection:
        many = [Refusal(f"/tin/{n}.jsonl:{n}", "lý do " * 200) for n in range(300)]
        await record_refusals(connection, "bao-bien", many, now=now)
    for path in ("", "/nguon", "/cach-ly"):
        await shown(operator, path)


async def test_an_empty_newsroom_has_pages_too(operator: Browser) -> None:
    for path in ("", "/nguon", "/so", "/nguoi-nhan", "/tim", "/cach-ly", "/nhat-ky"):
        await shown(operator, path)
