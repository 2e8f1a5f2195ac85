"""Inline mode over HTTP against the emulator: what is offered, what is sent, and what may go wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.chat.buttons.callbacks import read_payload
from storage.tables import questions

Publish = Callable[..., Awaitable[list[int]]]
Person = Any  # of the conftest
Json = dict[str, Any]


async def typed(person: Person, query: str, **how: Any) -> Json | None:
    """Type `@bot query` and return the answer, None when there was none."""
    asked = await person.house.control.post("inline", **{"from": person.id}, query=query, **how)
    await person.house.handled(asked["update_id"])
    again = await person.house.control.get("inline", inline_query_id=asked["inline_query_id"])
    return {**again["answer"], "inline_query_id": asked["inline_query_id"]} if again["answer"] else None


async def test_words_offer_articles_that_can_be_sent_to_any_chat(an: Person, publish: Publish) -> None:
    await publish("Giá xăng giảm <mạnh>", body="Giá xăng giảm từ 15 giờ. Chợ đông.")
    binh = await an.house.person("Bình")
    answer = await typed(an, "gia xang")
    assert answer is not None
    [result] = answer["results"]
    assert result["title"] == "Giá xăng giảm <mạnh>"
    assert result["description"] == "Báo Biển · 18:00 hôm nay\nGiá xăng giảm từ 15 giờ."
    assert (answer["cache_time"], answer["is_personal"], answer["next_offset"]) == (60, False, "")
    sent = await an.house.control.post(
        "inline/choose", inline_query_id=answer["inline_query_id"], result=result["id"], chat=an.chat
    )
    await an.house.handled(sent["update_id"])
    [message] = await an.messages()  # and the bot does not take it for a question
    assert message["text"] == "Giá xăng giảm <mạnh>\nGiá xăng giảm từ 15 giờ.\nBáo Biển · 18:00 hôm nay"
    assert message["extra"]["via_bot"]["username"] == an.house.username
    link = next(entity for entity in message["entities"] if entity["type"] == "text_link")
    assert link["url"].startswith("https://baobien.example/")
    assert not await binh.messages()


async def test_more_articles_come_page_by_page(an: Person, publish: Publish) -> None:
    await publish(*(f"Giá xăng ngày {number}" for number in range(14)))
    first = await typed(an, "giá xăng")
    assert first is not None
    assert (len(first["results"]), first["next_offset"]) == (10, "10")
    await publish("Giá xăng vừa đổi")  # a further page shows what was found before
    second = await typed(an, "giá xăng", offset="10")
    assert second is not None
    assert (len(second["results"]), second["next_offset"]) == (4, "")
    titles = {result["title"] for page in (first, second) for result in page["results"]}
    assert len(titles) == 14
    assert "Giá xăng vừa đổi" not in titles


async def test_without_words_the_top_stories_are_offered(an: Person, publish: Publish) -> None:
    await publish("Cầu mới thông xe", body="Sông Lở có cầu từ sáng nay. Xe tải cũng qua được.")
    await publish("Trường mới khai giảng", body="Học sinh xóm núi tới lớp. Thầy cô đón tận cổng.")
    answer = await typed(an, "")
    assert answer is not None
    assert {result["title"] for result in answer["results"]} == {"Cầu mới thông xe", "Trường mới khai giảng"}


async def test_a_paper_that_there_is_not_is_told_over_what_is_found(an: Person, publish: Publish) -> None:
    await publish("Cầu mới thông xe")
    answer = await typed(an, "cầu mới nguon:xa")
    assert answer is not None
    assert len(answer["results"]) == 1
    assert answer["button"]["text"] == "Không có «xa» · Hỏi Điểm Tin"


async def test_the_newest_news_are_the_top_stories(an: Person, publish: Publish) -> None:
    await publish("Cầu mới thông xe")
    answer = await typed(an, "tin mới nhất")
    assert answer is not None
    assert [result["title"] for result in answer["results"]] == ["Cầu mới thông xe"]


async def test_where_nothing_is_found_a_button_leads_to_the_bot_with_the_words(
    an: Person, publish: Publish
) -> None:
    await publish("Cầu mới thông xe")
    answer = await typed(an, "sư tử biển")
    assert answer is not None
    assert not answer["results"]
    assert answer["button"]["text"].startswith("Không thấy bài nào")
    await publish("Sư tử biển về bến")
    await an.says(f"/start {answer['button']['start_parameter']}")
    await an.sees("Sư tử biển về bến")
    assert await an.subscription() is None  # asking is no subscription


async def test_where_there_is_no_news_a_button_says_so(an: Person) -> None:
    answer = await typed(an, "")
    assert answer is not None
    assert (answer["results"], answer["button"]["text"]) == ([], "Chưa có tin mới · Mở Điểm Tin")


@pytest.mark.parametrize("query", ["x" * 256, "<b>&", "\x00\u202e", '"', "-xăng", "nguon:", "😀" * 120])
@pytest.mark.parametrize("offset", ["", "-1", "9999", "١٠", "a" * 64])
async def test_hostile_words_and_offsets_are_answered(an: Person, query: str, offset: str) -> None:
    assert await typed(an, query, offset=offset) is not None


async def test_who_types_too_fast_is_told_once_and_then_not_answered(an: Person, publish: Publish) -> None:
    an.house.services.newsroom = replace(an.house.services.newsroom, questions_per_10_seconds=1)
    for _ in range(6):
        assert await typed(an, "xăng") is not None
    told = await typed(an, "xăng")
    assert told is not None
    assert told["button"]["text"] == "Bạn gõ hơi nhanh, thử lại sau 10 giây nhé"
    assert told["is_personal"]
    assert await typed(an, "xăng") is None
    assert await typed(await an.house.person("Bình"), "xăng") is not None


async def test_an_answer_that_comes_too_late_is_no_error(
    an: Person, publish: Publish, caplog: pytest.LogCaptureFixture
) -> None:
    await an.house.control.post("limits", callback_seconds=0)
    assert await typed(an, "xăng") is None
    await an.says("/trogiup")
    await an.sees("Điểm Tin")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_help_tells_of_the_inline_mode(an: Person) -> None:
    await an.says("/trogiup")
    await an.sees(f"@{an.house.username} từ cần tìm")


async def asked_as_guest(person: Person, text: str) -> list[Json]:
    """Mention the bot in a group where it is not; return what it wrote there."""
    made = await person.house.control.post("group", title="Nhóm bạn", members=[person.id], bot="left")
    group = made["chat"]["id"]
    sent = await person.house.control.post("guest", **{"from": person.id}, chat=group, text=text)
    await person.house.handled(sent["update_id"])
    shown = await person.house.control.get(f"chats/{group}")
    return [message for message in shown["messages"] if message["from"] == "bot"]


async def test_a_guest_is_answered_where_the_bot_is_no_member(an: Person, publish: Publish) -> None:
    await publish("Giá xăng giảm <mạnh>", body="Giá xăng giảm từ 15 giờ. Chợ đông.")
    [answer] = await asked_as_guest(an, f"@{an.house.username} gia xang")
    assert "Giá xăng giảm <mạnh>" in answer["text"]
    [[button]] = answer["buttons"]
    assert read_payload(button["url"].partition("?start=")[2]) == "gia xang"
    async with an.house.services.database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(questions))).scalar_one() == 0


async def test_whatever_a_guest_asks_has_one_answer(an: Person) -> None:
    for words in ("", "…!", "khong co gi het", "<b>\u202e", "giá " * 900):
        [answer] = await asked_as_guest(an, f"{words} @{an.house.username}")
        assert answer["text"].strip()


async def test_a_guest_who_asks_too_much_is_left_without_an_answer(an: Person) -> None:
    most = an.house.services.newsroom.questions_per_10_seconds
    answers = [await asked_as_guest(an, f"@{an.house.username} vàng {number}") for number in range(most + 1)]
    assert [len(each) for each in answers] == [1] * most + [0]


async def test_a_guest_who_was_answered_too_late_breaks_nothing(an: Person, publish: Publish) -> None:
    await an.house.control.post("limits", callback_seconds=0)
    assert await asked_as_guest(an, f"@{an.house.username} vàng") == []
    await an.house.control.post("limits", callback_seconds=60)
    assert len(await asked_as_guest(an, f"@{an.house.username} vàng")) == 1
