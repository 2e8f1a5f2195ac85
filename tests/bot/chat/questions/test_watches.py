"""/theodoi and its buttons, over HTTP against the emulator."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.intents import RunWatch, SetWatch, WatchQuestion
from bot.chat.questions.watch_buttons import MOST_WATCHES
from bot.jobs.watch_alerts import alert_buttons
from storage.conversations import record_question

Publish = Callable[..., Awaitable[list[int]]]
Person = Any  # of the conftest


@pytest.fixture
async def reader(an: Person) -> Person:
    """A person who gets digests."""
    await an.says("/start")
    return an


async def asked(person: Person, text: str) -> int:
    """Let the chat have asked `text` and return the question's number."""
    services = person.house.services
    async with services.database.write() as connection:
        return await record_question(connection, person.chat, text, [], now=services.clock.now())


async def listed(person: Person) -> str:
    """Return what the list of watches says."""
    await person.says("/theodoi")
    text: str = (await person.last())["text"]
    return text


async def test_words_after_the_command_are_watched_and_listed(reader: Person) -> None:
    await reader.says("/theodoi giá xăng")
    await reader.sees("Đang theo dõi «giá xăng»")
    assert "• giá xăng" in await listed(reader)


async def test_the_same_words_in_another_order_or_case_are_one_watch(reader: Person) -> None:
    await reader.says("/theodoi Giá xăng")
    await reader.says("/theodoi xăng giá")
    await reader.sees("đã được theo dõi từ trước")
    assert "(1/" in await listed(reader)


async def test_a_question_is_watched_by_its_button(reader: Person) -> None:
    question = await asked(reader, "giá xăng")
    line = await reader.forges(encode(WatchQuestion(question)))
    assert line == "🔔 Đang theo dõi «giá xăng». Có chuyện mới, Điểm Tin sẽ báo bạn."
    assert "giá xăng" in await listed(reader)


async def test_another_chats_question_cannot_be_watched(reader: Person) -> None:
    other = await reader.house.person("Bình")
    question = await asked(other, "chuyện riêng")
    assert await reader.forges(encode(WatchQuestion(question))) == "Nút này đã cũ. Bạn gửi lại câu hỏi nhé."


async def test_a_watch_is_stopped_from_the_list_and_taken_back(reader: Person) -> None:
    await reader.says("/theodoi giá xăng")
    await reader.says("/theodoi thời tiết")
    await reader.says("/theodoi")
    assert await reader.taps("✕ giá xăng") == "Đã thôi theo dõi «giá xăng»."
    shown = await reader.sees("• thời tiết")
    assert "giá xăng" not in shown["text"]
    await reader.taps("↩ Hoàn tác")
    await reader.sees("• giá xăng", "• thời tiết")


async def test_the_last_watch_stopped_can_still_be_taken_back(reader: Person) -> None:
    await reader.says("/theodoi giá xăng")
    await reader.says("/theodoi")
    await reader.taps("✕ giá xăng")
    await reader.sees("Chưa theo dõi gì")
    await reader.taps("↩ Hoàn tác")
    await reader.sees("• giá xăng")


async def test_a_chat_has_a_bounded_number_of_watches_and_is_told_so(reader: Person) -> None:
    reader.house.services.newsroom = _roomy(reader)
    for number in range(MOST_WATCHES):
        await reader.says(f"/theodoi tàu {number}")
    await reader.says("/theodoi giá xăng")
    await reader.sees(f"Đã đủ {MOST_WATCHES} mục theo dõi")
    assert "giá xăng" not in await listed(reader)


async def test_taking_back_a_watch_when_the_list_is_full_again_says_so(reader: Person) -> None:
    reader.house.services.newsroom = _roomy(reader)
    for number in range(MOST_WATCHES):
        await reader.says(f"/theodoi tàu {number}")
    await reader.says("/theodoi")
    await reader.taps("✕ tàu 0")
    message = await reader.last()
    await reader.says("/theodoi giá xăng")
    line = await reader.taps("↩ Hoàn tác", message_id=message["message_id"])
    assert line == f"Đã đủ {MOST_WATCHES} mục theo dõi. Bỏ bớt một mục rồi thêm nhé: /theodoi"


@pytest.mark.parametrize("words", ["-", '""', "-xăng", "???", "\u200b"])
async def test_nothing_to_find_is_no_watch(reader: Person, words: str) -> None:
    await reader.says(f"/theodoi {words}")
    assert "Chưa theo dõi gì" in await listed(reader)


async def test_a_named_source_must_be_one_that_there_is(reader: Person) -> None:
    await reader.says("/theodoi giá xăng nguồn:tienphong")
    await reader.sees("Không có nguồn hay chủ đề «tienphong»")
    await reader.says('/theodoi giá xăng nguồn:baobien chủ đề:"kinh tế"')
    await reader.sees("Đang theo dõi «giá xăng nguồn:baobien")
    await reader.says('/theodoi xăng giá nguồn:"Báo Biển" chude:kinh-te')
    await reader.sees("đã được theo dõi từ trước")


async def test_hostile_words_are_shown_as_words(reader: Person) -> None:
    await reader.says("/theodoi <b>giá</b> & {0} xăng")
    await reader.sees("Đang theo dõi «<b>giá</b> & {0} xăng»")
    assert "• <b>giá</b> & {0} xăng" in await listed(reader)


async def test_a_chat_that_gets_nothing_is_told_how_to_begin(an: Person) -> None:
    await an.says("/theodoi giá xăng")
    await an.sees("/start")


async def test_a_paused_chat_may_watch_and_is_told_when_it_will_hear(reader: Person) -> None:
    await reader.says("/tamdung")
    await reader.says("/theodoi giá xăng")
    await reader.sees("Đang theo dõi «giá xăng»", "/tieptuc")


async def test_a_watch_is_stopped_under_its_alert_which_keeps_its_text(reader: Person) -> None:
    await reader.says("/theodoi giá xăng")
    await reader.says("/theodoi bão")
    buttons = [
        [InlineKeyboardButton(label, callback_data=data) for label, data in row]
        for row in alert_buttons([(1, "giá xăng"), (2, "bão")])
    ]
    bot = reader.house.telegram
    await bot.send_message(reader.chat, "Giá xăng giảm", reply_markup=InlineKeyboardMarkup(buttons))
    assert await reader.taps("Thôi theo dõi") == "Đã thôi theo dõi «giá xăng»."
    await reader.sees("Giá xăng giảm")
    assert await reader.buttons() == [
        "Xem thêm: giá xăng",
        "↩ Theo dõi lại",
        "Xem thêm: bão",
        "Thôi theo dõi",
    ]
    assert str(await reader.taps("↩ Theo dõi lại")).startswith("🔔 Đang theo dõi «giá xăng»")
    assert await reader.buttons() == ["Xem thêm: giá xăng", "Thôi theo dõi", "Xem thêm: bão", "Thôi theo dõi"]
    assert "giá xăng" in await listed(reader)


async def test_in_a_group_only_administrators_watch(reader: Person) -> None:
    house = reader.house
    chief = await house.person("Chị Ba")
    member, administrator = await house.group(reader, administrator=chief)
    await administrator.says("/start")
    await member.says("/theodoi giá xăng")
    await member.sees("Chỉ quản trị viên")
    question = await asked(member, "giá vàng")
    assert "Chỉ quản trị viên" in str(await member.forges(encode(WatchQuestion(question))))
    await administrator.says("/theodoi giá xăng")
    await administrator.sees("sẽ báo nhóm này")


async def test_another_chats_watch_is_out_of_reach(reader: Person) -> None:
    await reader.says("/theodoi giá xăng")
    other = await reader.house.person("Bình")
    await other.says("/start")
    for intent in (SetWatch(1, True, False), SetWatch(1, False, True), RunWatch(1)):
        assert "không còn theo dõi được" in str(await other.forges(encode(intent)))
    assert "giá xăng" in await listed(reader)


async def test_a_watch_asks_its_question_again(reader: Person, publish: Publish) -> None:
    await publish("Giá xăng giảm từ chiều nay")
    await reader.says("/theodoi giá xăng")
    await reader.forges(encode(RunWatch(1)))
    await reader.sees("Giá xăng giảm từ chiều nay")


def _roomy(person: Person) -> Any:
    return replace(person.house.services.newsroom, questions_per_10_seconds=1_000)


async def test_a_watch_needs_a_word_beside_its_topic(reader: Person) -> None:
    await reader.says("/theodoi chude:kinh-te")
    await reader.sees("Theo dõi thì cần ít nhất một từ", "/chude")
