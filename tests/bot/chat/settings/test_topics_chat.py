"""/chude: topics are chosen by tapping, and the panel changes in place."""

from typing import Any

import pytest


@pytest.fixture
async def reader(an: Any) -> Any:
    """A subscriber who has the topics open."""
    await an.says("/start")
    await an.says("/chude")
    return an


async def test_at_first_everything_is_chosen(reader: Any) -> None:
    await reader.sees("Chủ đề: tất cả")
    assert await reader.buttons() == ["✓ Tất cả", "Kinh tế", "Thể thao", "Sức khỏe", "‹ Quay lại", "Xong"]


async def test_taps_take_topics_in_and_out_in_place(reader: Any) -> None:
    shown = await reader.last()
    await reader.taps("Thể thao")
    await reader.taps("Kinh tế")
    message = await reader.sees("Chủ đề: Kinh tế và Thể thao")
    assert message["message_id"] == shown["message_id"]
    assert (await reader.subscription()).choices.topics == ("kinh-te", "the-thao")
    await reader.taps("✓ Thể thao")
    await reader.sees("Chủ đề: Kinh tế")


async def test_the_last_topic_taken_out_leaves_all_of_them(reader: Any) -> None:
    await reader.taps("Thể thao")
    await reader.taps("✓ Thể thao")
    assert (await reader.subscription()).choices.topics == ()
    await reader.sees("Chủ đề: tất cả")


async def test_choosing_every_topic_is_the_same_as_choosing_none(reader: Any) -> None:
    for title in ("Kinh tế", "Thể thao", "Sức khỏe"):
        await reader.taps(title)
    assert (await reader.subscription()).choices.topics == ()


async def test_all_of_them_at_once_can_be_taken_back(reader: Any) -> None:
    await reader.taps("Thể thao")
    await reader.taps("Tất cả")
    assert (await reader.subscription()).choices.topics == ()
    await reader.taps("↩ Hoàn tác")
    await reader.sees("Chủ đề: Thể thao")
    assert (await reader.subscription()).choices.topics == ("the-thao",)


async def test_the_same_tap_handled_twice_takes_nothing_out_again(reader: Any) -> None:
    await reader.taps("Thể thao")
    assert await reader.forges("chude:+the-thao") == "Bạn đang chọn như vậy rồi."
    assert (await reader.subscription()).choices.topics == ("the-thao",)


async def test_a_topic_that_the_operator_took_away_makes_an_old_button(reader: Any) -> None:
    assert await reader.forges("chude:+co-tuong") == "Nút này đã cũ. Bạn gửi /lich để mở lại nhé."
    assert (await reader.subscription()).choices.topics == ()


async def test_pausing_and_resuming_are_one_tap_apart(reader: Any) -> None:
    await reader.says("/tamdung")
    await reader.sees("Đã tạm dừng.")
    assert (await reader.subscription()).status == "paused"
    await reader.taps("Tiếp tục nhận")
    await reader.sees("Bạn lại nhận bản tin. Lần tới: 06:45 sáng mai.")
    assert (await reader.subscription()).status == "active"
    await reader.taps("Tạm dừng")
    assert (await reader.subscription()).status == "paused"
    await reader.says("/tieptuc")
    assert (await reader.subscription()).status == "active"


@pytest.mark.parametrize(
    ("words", "topics"),
    [
        ("thể thao", ("the-thao",)),
        ("the thao va kinh te", ("kinh-te", "the-thao")),
        ("Sức khỏe, KINH TẾ", ("kinh-te", "suc-khoe")),
        ("bỏ thể thao", ("kinh-te", "suc-khoe")),
        ("-thể thao", ("kinh-te", "suc-khoe")),
        ("- thể thao", ("kinh-te", "suc-khoe")),
        ("chỉ kinh tế", ("kinh-te",)),
    ],
)
async def test_words_do_what_taps_do_and_can_be_taken_back(
    reader: Any, words: str, topics: tuple[str, ...]
) -> None:
    await reader.says(f"/chude {words}")
    await reader.sees("✓ ")
    assert (await reader.subscription()).choices.topics == topics
    await reader.taps("↩ Hoàn tác")
    assert (await reader.subscription()).choices.topics == ()


async def test_words_take_out_what_was_chosen_and_may_have_all_again(reader: Any) -> None:
    await reader.says("/chude kinh tế và thể thao")
    await reader.says("/chude bỏ kinh tế")
    assert (await reader.subscription()).choices.topics == ("the-thao",)
    await reader.says("/chude tất cả")
    assert (await reader.subscription()).choices.topics == ()


async def test_bare_names_mean_only_these_whatever_was_chosen(reader: Any) -> None:
    await reader.says("/chude thể thao")
    await reader.says("/chude kinh tế")
    await reader.sees("✓ Từ giờ bạn chỉ nhận: Kinh tế.", "/chude thêm")
    assert (await reader.subscription()).choices.topics == ("kinh-te",)
    await reader.says("/chude thêm thể thao")
    await reader.sees("✓ Đã thêm: Thể thao.")
    assert (await reader.subscription()).choices.topics == ("kinh-te", "the-thao")
    await reader.says("/chude -thể thao +sức khỏe")
    assert (await reader.subscription()).choices.topics == ("kinh-te", "suc-khoe")


async def test_the_last_topic_is_not_taken_out_by_words(reader: Any) -> None:
    await reader.says("/chude thể thao")
    await reader.says("/chude -thể thao")
    await reader.sees("Bỏ nốt thì không còn chủ đề nào.")
    assert (await reader.subscription()).choices.topics == ("the-thao",)


async def test_a_topic_named_twice_is_there_already(reader: Any) -> None:
    await reader.says("/chude thể thao")
    await reader.says("/chude thể thao")
    await reader.sees("Bạn đang chọn như vậy rồi.")
    assert (await reader.subscription()).choices.topics == ("the-thao",)


@pytest.mark.parametrize("words", ["cờ tướng", "thể thao, cờ tướng", "bỏ cờ tướng", "bỏ ,", "<b>" * 900])
async def test_an_unknown_topic_changes_nothing_and_shows_which_there_are(reader: Any, words: str) -> None:
    await reader.says(f"/chude {words}")
    await reader.sees("Không có chủ đề «")
    assert "Sức khỏe" in await reader.buttons()
    assert (await reader.subscription()).choices.topics == ()
