"""/tu, /nguon and the length of digests, in the chat."""

from typing import Any

import pytest


@pytest.fixture
async def reader(an: Any) -> Any:
    """A subscriber."""
    await an.says("/start")
    return an


async def test_words_are_put_on_and_taken_off(reader: Any) -> None:
    await reader.says("/tu bỏ: showbiz, chứng khoán; thêm: Hạ Long")
    await reader.sees("Đã bỏ tin có: chứng khoán và showbiz.")
    await reader.sees("Sẽ có thêm tin về: Hạ Long.")
    choices = (await reader.subscription()).choices
    assert (sorted(choices.words_out), choices.words_in) == (["chứng khoán", "showbiz"], ("Hạ Long",))
    await reader.taps("✕ bỏ: showbiz")
    assert (await reader.subscription()).choices.words_out == ("chứng khoán",)
    await reader.taps("↩ Hoàn tác")
    assert len((await reader.subscription()).choices.words_out) == 2


async def test_a_word_stands_on_one_list_only(reader: Any) -> None:
    await reader.says("/tu bỏ Hạ Long")
    await reader.says("/tu thêm ha long, Hạ Long")
    choices = (await reader.subscription()).choices
    assert (choices.words_out, choices.words_in) == ((), ("ha long", "Hạ Long")), (
        "without marks it is another"
    )
    await reader.says("/tu gỡ Hạ Long")
    assert (await reader.subscription()).choices.words_in == ("ha long",)


async def test_what_does_not_say_which_way_is_asked_about(reader: Any) -> None:
    await reader.says("/tu showbiz")
    await reader.sees("Bạn muốn bỏ hay thêm «showbiz»?")
    assert (await reader.subscription()).choices.words_out == ()


@pytest.mark.parametrize("words", ["bỏ " + "dài " * 900, "bỏ: !!!, ???", "bỏ: " + "🦈" * 200])
async def test_what_holds_no_word_or_too_many_is_told(reader: Any, words: str) -> None:
    await reader.says(f"/tu {words}")
    await reader.sees("Điểm Tin bỏ qua")
    assert (await reader.subscription()).choices.words_out == ()


async def test_a_list_is_bounded(reader: Any) -> None:
    await reader.says("/tu bỏ: " + ", ".join(f"từ {number}" for number in range(200)))
    await reader.sees("nhiều nhất 30 từ")
    assert len((await reader.subscription()).choices.words_out) == 30


async def test_who_mutes_everything_is_told_and_can_go_back(reader: Any, publish: Any) -> None:
    await publish("Chợ nổi mở lại")
    await reader.says("/tu bỏ: chợ nổi")
    await reader.sees("24 giờ qua không còn tin nào")
    await reader.says("/tin")
    await reader.sees("chưa có tin mới hợp với lựa chọn của bạn")


async def test_papers_are_left_out_and_taken_back_by_tapping(reader: Any) -> None:
    await reader.says("/nguon")
    await reader.taps("Báo Biển")
    assert (await reader.subscription()).choices.sources_out == ("bao-bien",)
    await reader.taps("✕ Báo Biển")
    assert (await reader.subscription()).choices.sources_out == ()
    await reader.says("/nguon thêm báo biển, Báo Trời")
    await reader.sees("Điểm Tin không có báo «Báo Trời»")
    assert (await reader.subscription()).choices.sources_in == ("bao-bien",)
    assert await reader.forges("nguon:-bao-la") == "Bạn đang chọn như vậy rồi."


async def test_the_length_is_one_tap_and_can_be_typed(reader: Any) -> None:
    await reader.says("/lich")
    await reader.taps("Gọn")
    assert (await reader.subscription()).choices.length == "gon"
    await reader.sees("Độ dài: Gọn (chỉ tiêu đề và tên báo), có tiếng báo")
    await reader.taps("↩ Hoàn tác")
    assert (await reader.subscription()).choices.length == "vua"
    await reader.says("/lich đầy đủ")
    assert (await reader.subscription()).choices.length == "daydu"


async def test_digests_without_a_sound_are_one_tap(reader: Any) -> None:
    await reader.says("/lich")
    await reader.taps("🔕 Gửi không tiếng")
    assert (await reader.subscription()).is_silent
    await reader.taps("↩ Hoàn tác")
    assert not (await reader.subscription()).is_silent
