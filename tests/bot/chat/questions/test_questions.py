"""Questions: typed as they come, answered with articles, a sentence each, and pages."""

from typing import Any

import pytest

SHIPS = [f"Tàu số {n} vào vịnh Hạ Long" for n in range(1, 13)]


@pytest.mark.parametrize("question", ["hạ long", "ha long", "/tim hạ long", "HẠ LONG", '"hạ long" -máy'])
async def test_a_question_finds_articles_with_and_without_accents(
    an: Any, publish: Any, question: str
) -> None:
    await publish("Đêm hội ở Hạ Long", "Giá gạo tăng")
    await an.says(question)
    message = await an.sees("1 bài về", "Đêm hội ở Hạ Long", "Báo Biển · 18:00 hôm nay")
    assert "Giá gạo" not in message["text"]


async def test_the_words_are_marked_in_the_sentence(an: Any, publish: Any) -> None:
    await publish("Chuyện lạ", body="Ai cũng mừng. Con đường ven biển vừa mở.")
    await an.says("duong")
    message = await an.sees("Con đường ven biển vừa mở.")
    text = message["text"].encode("utf-16-le")
    bold = [
        text[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in message["entities"]
        if e["type"] == "bold"
    ]
    assert "đường" in bold


async def test_links_have_no_preview(an: Any, publish: Any) -> None:
    await publish("Đêm hội ở Hạ Long")
    await an.says("hạ long")
    message = await an.last()
    assert message["link_preview_options"]["is_disabled"]
    assert any(entity["type"] == "text_link" for entity in message["entities"])


async def test_pages_are_turned_in_place_and_back(an: Any, publish: Any) -> None:
    await publish(*SHIPS)
    (first,) = await an.says("hạ long")
    assert "trang 1/3" in first["text"]
    assert await an.buttons() == ["Chi tiết", "Nguồn", "🔔 Theo dõi", "Sau ›"]
    await an.taps("Sau ›")
    second = await an.sees("trang 2/3")
    assert await an.buttons() == ["‹ Trước", "Sau ›"]
    await an.taps("Sau ›")
    third = await an.sees("trang 3/3")
    assert await an.buttons() == ["‹ Trước"]
    shown = "\n".join(page["text"] for page in (first, second, third))
    assert all(shown.count(f"{title}\n") == 1 for title in SHIPS)
    await an.taps("‹ Trước")
    assert (await an.last())["message_id"] == first["message_id"]


async def test_pages_are_turned_after_a_restart_too(an: Any, publish: Any, house: Any) -> None:
    await publish(*SHIPS)
    await an.says("hạ long")
    await house.close()
    await house.open()
    await an.taps("Sau ›")
    await an.sees("trang 2/3")


async def test_pages_belong_to_the_chat_where_the_question_was_asked(
    an: Any, publish: Any, house: Any
) -> None:
    await publish(*SHIPS)
    await an.says("hạ long")
    binh = await house.person("Bình")
    await binh.says("/trogiup")
    assert await binh.forges("trang:1:1") == "Nút này đã cũ. Bạn gửi lại câu hỏi nhé."
    assert await an.forges("trang:1:1") is None


@pytest.mark.parametrize("data", ["trang:1:9", "trang:999:0"])
async def test_a_page_that_there_is_not_is_an_old_button(an: Any, publish: Any, data: str) -> None:
    await publish(*SHIPS)
    await an.says("hạ long")
    assert await an.forges(data) == "Nút này đã cũ. Bạn gửi lại câu hỏi nhé."


async def test_when_nothing_is_found_it_says_what_to_try(an: Any, publish: Any) -> None:
    await publish("Giá gạo tăng")
    await an.says("khủng long bạo chúa")
    await an.sees("Không thấy bài nào về «khủng long bạo chúa».", "Bạn thử ít từ hơn")
    assert await an.buttons() == ["Tìm «khủng long»", "Tìm «bạo chúa»", "🔔 Theo dõi"]


async def test_when_no_article_answers_that_is_said_and_the_nearest_shown(an: Any, publish: Any) -> None:
    await publish("Đêm hội ở Hạ Long")
    await an.says("động đất Hạ Long")
    await an.sees("Không thấy bài nào nói đúng về «động đất Hạ Long».", "Gần nhất:", "Đêm hội ở Hạ Long")


async def test_what_has_all_the_words_is_listed_though_they_say_little(an: Any, publish: Any) -> None:
    await publish("Mưa lớn ở Nghệ An, Vinh ngập nặng", body="Nước lên nhanh. Học sinh nghỉ học.")
    await an.says("mưa vinh")
    await an.sees("Mưa lớn ở Nghệ An, Vinh ngập nặng")
    assert await an.buttons() == ["🔔 Theo dõi"]


async def test_of_a_long_question_the_first_words_are_used_and_that_is_said(an: Any, publish: Any) -> None:
    await publish("Đêm hội ở Hạ Long")
    (answer,) = await an.says("hạ long " + "đêm hội " * 370)
    assert answer["text"].startswith("Câu hỏi hơi dài, Điểm Tin chỉ tìm theo những từ đầu.")
    assert "Đêm hội ở Hạ Long" in answer["text"]


@pytest.mark.parametrize("question", ["/tim", "/tim *", "*", "???", '""', "-", "🌊🌊", "/tim   "])
async def test_a_question_without_words_gets_an_example(an: Any, question: str) -> None:
    await an.says(question)
    await an.sees("Bạn muốn tìm tin gì?", "/tim giá xăng")


@pytest.mark.parametrize(
    "question",
    [
        "hạ\x00long",
        "hạ \u202elong\u202c",
        "<b>hạ long</b>",
        "hạ long</b><a href='x'>",
        "hạ & long &lt;",
        '"hạ long',
        "hạ OR long NEAR(x, 2)",
        "hạ* long^2",
        "title:hạ {long}",
        "'; DROP TABLE articles; --hạ long",
        "hạ " + "\u0301" * 300,
        "{} %s {0} hạ long",
        "x" * 3_000,
    ],
)
async def test_hostile_questions_are_answered_like_any_other(
    an: Any, publish: Any, house: Any, question: str
) -> None:
    await publish("Đêm hội ở Hạ Long")
    answers = await an.says(question)
    assert len(answers) == 1
    assert "Có trục trặc" not in answers[0]["text"]
    assert (await house.control.get("stats"))["statuses"].get("400", 0) == 0


async def test_a_question_is_kept_with_what_it_found(an: Any, publish: Any, house: Any) -> None:
    await publish(*SHIPS)
    await an.says("hạ long")
    await an.says("/dulieucuatoi")
    await an.sees("Câu hỏi đã lưu: 1; mới nhất: «hạ long»")


async def test_what_is_no_text_gets_a_friendly_line(an: Any) -> None:
    await an.says("", extra={"sticker": {"file_id": "s", "file_unique_id": "u", "type": "regular", "width": 9,
                                         "height": 9, "is_animated": False, "is_video": False}})  # fmt: skip
    await an.sees("Điểm Tin chỉ đọc được chữ.")
