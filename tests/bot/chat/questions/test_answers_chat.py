"""An answer in chat: sentences with their sources over the articles, and the buttons under them."""

import dataclasses
from typing import Any

import pytest
from sqlalchemy import null, update

from storage.tables import questions
from tests.bot.chat.questions.bridge import COST, OPENED, REST, bridge, newsroom

__all__ = ["bridge", "newsroom"]  # fixtures


@pytest.mark.usefixtures("bridge")
async def test_the_answer_is_cited_sentences_over_the_articles(an: Any) -> None:
    await an.says("cau rach sau von bao nhieu")
    message = await an.sees("1 bài về", f"{OPENED} [1] {COST} [1]", "1. Cầu Rạch Sấu thông xe")
    link = "https://baobien.example/cầu-rạch-sấu-thông-xe"
    assert sum(entity.get("url") == link for entity in message["entities"]) == 3
    assert message["text"].count(OPENED) == 1


@pytest.mark.usefixtures("bridge")
async def test_details_show_what_the_answer_did_not_and_lead_back(an: Any) -> None:
    (first,) = await an.says("cầu rạch sấu")
    assert OPENED in first["text"]
    await an.taps("Chi tiết")
    details = await an.sees(
        "Chi tiết · «cầu rạch sấu»", "[1] Cầu Rạch Sấu thông xe", "Báo Biển · 18:00 hôm nay", "chuyện thứ 0"
    )
    assert OPENED not in details["text"]
    assert await an.buttons() == ["‹ Quay lại"]
    await an.taps("‹ Quay lại")
    back = await an.last()
    assert (back["message_id"], back["text"]) == (first["message_id"], first["text"])


async def test_sentences_of_different_days_bear_their_days(an: Any, publish: Any) -> None:
    today = "Sáng nay cầu Rạch Sấu đón chuyến xe buýt đầu tiên chạy từ chợ nổi sang bến mới."
    before = "Công nhân đã đổ xong nhịp cuối của cầu Rạch Sấu sau mười ngày nước lớn liên tiếp."
    await publish("Cầu Rạch Sấu có xe buýt", body=f"{today} {REST}", hours_ago=2)
    await publish("Cầu Rạch Sấu hợp long", body=f"{before} {REST}", hours_ago=50, source="bao-kenh")
    await an.says("cầu rạch sấu")
    await an.sees(f"{today} (hôm nay) [", f"{before} (20/11) [")


@pytest.mark.usefixtures("bridge")
async def test_what_may_no_longer_be_shown_is_gone_from_old_pages(an: Any, house: Any, publish: Any) -> None:
    await publish(*(f"Cầu Rạch Sấu ngày thứ {n}" for n in range(7)), source="bao-kenh")
    await an.says("cầu rạch sấu")
    paper, *others = house.services.newsroom.sources
    sources = (dataclasses.replace(paper, quote="none"), *others)
    house.services.newsroom = dataclasses.replace(house.services.newsroom, sources=sources)
    for tap in ("Sau ›", "‹ Trước"):
        await an.taps(tap)
        page = await an.last()
        assert OPENED not in page["text"]
        assert "Cầu Rạch Sấu thông xe" not in page["text"]


@pytest.mark.usefixtures("bridge")
async def test_sources_name_the_papers_with_links_and_times(an: Any) -> None:
    await an.says("cầu rạch sấu")
    await an.taps("Nguồn")
    message = await an.sees("Nguồn · «cầu rạch sấu»", "Báo Biển · 18:00 hôm nay", "[1] Cầu Rạch Sấu thông xe")
    assert any(entity["type"] == "text_link" for entity in message["entities"])
    assert await an.buttons() == ["‹ Quay lại"]


@pytest.mark.usefixtures("bridge")
async def test_the_buttons_of_an_answer_work_after_a_restart(an: Any, house: Any) -> None:
    (first,) = await an.says("cầu rạch sấu")
    await house.close()
    await house.open()
    await an.taps("Chi tiết")
    await an.taps("‹ Quay lại")
    assert (await an.last())["text"] == first["text"]


async def test_no_tap_searches_again(an: Any, publish: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(4):
        for paper in ("Sớm", "Trưa", "Chiều"):
            await publish(f"Tin {paper} {day} từ vịnh Hạ Long", hours_ago=24 * day + 1)
    (first,) = await an.says("hạ long")

    def _fail(*_: object, **__: object) -> None:
        raise AssertionError("searched again")

    monkeypatch.setattr("storage.search.search.reader_of", _fail)
    monkeypatch.setattr("storage.search.search.reader_of", _fail)
    for button, seen in (
        ("Chi tiết", "Chi tiết · «hạ long»"), ("‹ Quay lại", "12 bài về"), ("Nguồn", "Nguồn · «hạ long»"),
        ("‹ Quay lại", "12 bài về"), ("Theo ngày", "3 bài"), ("‹ Quay lại", "12 bài về"),
        ("Sau ›", "trang 2/3"), ("‹ Trước", "12 bài về"),
    ):  # fmt: skip
        await an.taps(button)
        await an.sees(seen)
    assert (await an.last())["text"] == first["text"]


async def test_an_answer_kept_by_an_earlier_version_still_has_its_pages(
    an: Any, publish: Any, house: Any
) -> None:
    await publish(*(f"Tàu số {n} vào vịnh Hạ Long" for n in range(7)))
    await an.says("hạ long")
    async with house.services.database.write() as connection:
        await connection.execute(update(questions).values(kept=null()))
    await an.taps("Chi tiết")
    await an.sees("Chi tiết · «hạ long»", "Tàu số")
    await an.taps("‹ Quay lại")
    await an.sees("7 bài về «hạ long»")


@pytest.mark.usefixtures("bridge")
async def test_a_question_of_words_that_stand_nowhere_together_is_not_answered(an: Any) -> None:
    await an.says("cầu Rạch Sấu ghe")
    await an.sees("Không thấy bài nào nói đúng về «cầu Rạch Sấu ghe».")
    assert "Chi tiết" not in await an.buttons()


@pytest.mark.usefixtures("bridge")
async def test_half_of_a_question_that_finds_nothing_is_asked_at_a_tap(an: Any) -> None:
    (first,) = await an.says('"rạch sấu xanh" "vàm đước đỏ"')
    assert "Không thấy bài nào về" in first["text"]
    assert await an.buttons() == ["Tìm «rạch sấu xanh»", "Tìm «vàm đước đỏ»", "🔔 Theo dõi"]
    await an.taps("Tìm «rạch sấu xanh»")
    await an.sees("«rạch sấu xanh»", "Cầu Rạch Sấu thông xe")


@pytest.mark.usefixtures("bridge")
async def test_a_question_can_be_watched_from_its_answer(an: Any) -> None:
    await an.says("/start")
    await an.says("cầu rạch sấu")
    assert "cầu rạch sấu" in (await an.taps("🔔 Theo dõi") or "")


@pytest.mark.usefixtures("bridge")
async def test_in_a_group_the_answer_is_shorter(house: Any, an: Any) -> None:
    (member,) = await house.group(an)
    (answer,) = await member.says(f"/tim@{house.username} cầu rạch sấu")
    assert OPENED in answer["text"]
    assert "🔔 Theo dõi" not in await member.buttons()


@pytest.mark.usefixtures("bridge")
@pytest.mark.parametrize(
    ("quote", "seen"), [("headline", "1. Cầu Rạch Sấu thông xe"), ("none", "Không thấy bài nào")]
)
async def test_what_a_paper_keeps_to_itself_is_not_quoted(an: Any, house: Any, quote: Any, seen: str) -> None:
    paper, *others = house.services.newsroom.sources
    sources = (dataclasses.replace(paper, quote=quote), *others)
    house.services.newsroom = dataclasses.replace(house.services.newsroom, sources=sources)
    await an.says("cầu rạch sấu")
    message = await an.sees(seen)
    assert OPENED not in message["text"]
    if quote == "headline":
        await an.taps("Chi tiết")
        assert OPENED not in (await an.sees("Báo Biển"))["text"]


@pytest.mark.usefixtures("bridge")
async def test_words_that_only_ask_do_not_keep_an_answer_away(an: Any) -> None:
    await an.says("khi nào cầu Rạch Sấu thông xe?")
    await an.sees("1 bài về «khi nào cầu Rạch Sấu thông xe?»", OPENED)


async def test_many_days_are_shown_as_a_line_each(an: Any, publish: Any) -> None:
    for day in range(4):
        for paper in ("Sớm", "Trưa", "Chiều")[: day + 1]:
            await publish(f"Tin {paper} {day} từ vịnh Hạ Long", hours_ago=24 * day + 1)
    await an.says("hạ long")
    await an.taps("Theo ngày")
    message = await an.sees(
        "Theo ngày · «hạ long»", "hôm nay ▇▇▇ 1 bài · Tin Sớm 0 từ vịnh Hạ Long", "19/11 ▇▇▇▇▇▇▇▇ 3 bài"
    )
    assert message["text"].count("▇ ") == 4


@pytest.mark.parametrize(
    "data", ["xem:chitiet:999", "xem:nguon:999", "xem:ngay:999", "hoi:goiy:999", "xem:ngay:1"]
)
async def test_a_button_of_no_question_is_an_old_one(an: Any, publish: Any, data: str) -> None:
    await an.says("khủng long")
    assert await an.forges(data) is not None


async def test_buttons_belong_to_the_chat_where_the_question_was_asked(
    an: Any, publish: Any, house: Any
) -> None:
    await publish("Đêm hội ở Hạ Long")
    await an.says("hạ long")
    binh = await house.person("Bình")
    await binh.says("/trogiup")
    assert await binh.forges("xem:chitiet:1") == "Nút này đã cũ. Bạn gửi lại câu hỏi nhé."


async def test_what_may_have_been_meant_is_a_button_where_the_words_are_found(an: Any, publish: Any) -> None:
    await publish("Chợ nổi", body="Thuyền ra vịnnh từ sáng. Trời vẫn còn xanh.")
    await publish("Vịnh xanh đông khách")
    await an.says("vịnnh xanh")
    message = await an.sees("Chợ nổi")
    assert "Vịnh xanh đông khách" not in message["text"]
    await an.taps("Ý bạn là «vịnh xanh»?")
    await an.sees("1 bài về «vịnh xanh»", "Vịnh xanh đông khách")


async def test_what_shares_too_little_with_the_question_is_not_shown_as_nearest(
    an: Any, publish: Any
) -> None:
    await publish("Phi công có hơn năm nghìn giờ bay", "Xe tải vào phố giờ cấm")
    await an.says("1 + 1 bằng mấy giờ")
    message = await an.sees("Không thấy bài nào về «1 + 1 bằng mấy giờ».")
    assert "Phi công" not in message["text"]
