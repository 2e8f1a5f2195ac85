"""Times, papers and topics in a question, in chat: applied, shown, and dropped by a tap."""

from typing import Any

import pytest

from tests.bot.chat.questions.bridge import OPENED, bridge, newsroom

__all__ = ["bridge", "newsroom"]  # fixtures


@pytest.mark.usefixtures("bridge")
async def test_a_time_is_applied_said_and_dropped_at_a_tap(an: Any, house: Any) -> None:
    await an.says("cầu rạch sấu hôm nay")
    await an.sees("Chỉ tìm: ngày 22/11", OPENED)
    assert (await an.buttons())[0] == "✕ Bỏ thời gian (ngày 22/11)"
    await an.taps("✕ Bỏ thời gian (ngày 22/11)")
    message = await an.sees("«cầu rạch sấu»", OPENED)
    assert "Chỉ tìm" not in message["text"]


@pytest.mark.usefixtures("bridge")
async def test_a_time_in_which_nothing_came_out_gives_way(an: Any) -> None:
    await an.says("cầu rạch sấu tháng 3")
    await an.sees("Không thấy bài nào 1–31/3; đây là những bài lúc khác.", OPENED)


async def test_a_time_in_which_nothing_answers_gives_way(an: Any, publish: Any) -> None:
    await publish("Cầu Rạch Sấu thông xe", hours_ago=48)
    await publish("Chợ nổi", body="Cầu tre bắc qua rạch đã gãy. Ai cũng kể chuyện con sấu.")
    await an.says("cầu rạch sấu hôm nay")
    await an.sees("Không thấy bài nào ngày 22/11; đây là những bài lúc khác.", "Cầu Rạch Sấu thông xe")


@pytest.mark.usefixtures("bridge")
async def test_a_source_is_told_by_its_name_and_dropped_at_a_tap(an: Any) -> None:
    await an.says('cầu rạch sấu nguồn:"báo biển"')
    await an.sees("Chỉ tìm: Báo Biển", OPENED)
    await an.taps("✕ Bỏ nguồn (Báo Biển)")
    assert "Chỉ tìm" not in (await an.last())["text"]


@pytest.mark.usefixtures("bridge")
async def test_a_source_alone_shows_its_newest_articles(an: Any) -> None:
    await an.says("nguon:bao-bien")
    await an.sees("Chỉ tìm: Báo Biển", "4 bài", "Hội đua ghe ngo khai mạc")
    assert "🔔 Theo dõi" not in await an.buttons()


@pytest.mark.usefixtures("bridge")
async def test_an_unknown_source_or_topic_is_told_with_what_there_is(an: Any) -> None:
    await an.says("cầu rạch sấu nguon:baolạ chude:bói")
    await an.sees(
        "Không có nguồn «baolạ». Đang có: Báo Biển.",
        "Không có chủ đề «bói». Đang có: Kinh tế, Thể thao, Sức khỏe.",
        OPENED,
    )


async def test_a_paper_that_only_its_articles_name_can_be_asked_for(an: Any, publish: Any) -> None:
    await publish("Lũ về sớm trên sông Cái")
    await publish("Lũ rút chậm trên sông Cái", source="Báo Đồng Nước")
    await an.says("lũ nguon:dongnuoc")
    message = await an.sees("Chỉ tìm: Báo Đồng Nước", "Lũ rút chậm trên sông Cái")
    assert "Lũ về sớm" not in message["text"]
    await an.says("lũ nguon:xa")
    await an.sees("Không có nguồn «xa». Đang có: Báo Đồng Nước, Báo Biển.")


async def test_the_news_of_a_time_are_its_stories(an: Any, publish: Any) -> None:
    await publish("Cầu Rạch Sấu thông xe", hours_ago=24)
    await publish("Hội đua ghe ngo khai mạc")
    await an.says("tin hôm qua")
    message = await an.sees("Chỉ tìm: ngày 21/11", "1 bài, mỗi chuyện một lần", "Cầu Rạch Sấu thông xe")
    assert "ghe ngo" not in message["text"]
    assert await an.buttons() == []


async def test_a_time_without_news_is_told(an: Any, publish: Any) -> None:
    await publish("Hội đua ghe ngo đưa tin khai mạc")
    await an.says("tin tháng 3")
    await an.sees("Chỉ tìm: 1–31/3", "Không thấy bài nào", "/tin")
    assert await an.buttons() == []


async def test_the_news_of_a_topic_are_those_of_the_topic(an: Any, publish: Any) -> None:
    await publish("Lúa hè thu được giá", topic="Kinh tế")
    await publish("Hội đua ghe ngo khai mạc", topic="Thể thao")
    await an.says("tin kinh te hôm nay")
    message = await an.sees("Chỉ tìm: Kinh tế · ngày 22/11", "Lúa hè thu")
    assert "ghe ngo" not in message["text"]


async def test_a_topic_named_in_words_is_dropped_at_a_tap(an: Any, publish: Any) -> None:
    await publish("Lúa hè thu được giá", topic="Kinh tế")
    await publish("Hội đua ghe ngo khai mạc", topic="Thể thao")
    await an.says("tin kinh te hôm nay")
    await an.taps("✕ Bỏ chủ đề (Kinh tế)")
    message = await an.sees("Lúa hè thu", "ghe ngo")
    assert "Kinh tế" not in message["text"]


async def test_newest_news_asked_for_with_a_command_are_the_digest(an: Any, publish: Any) -> None:
    await publish("Hội đua ghe ngo khai mạc")
    await an.says("/tim tin mới nhất")
    await an.sees("Tin 24 giờ qua", "Hội đua ghe ngo khai mạc")


@pytest.mark.usefixtures("bridge")
async def test_a_source_of_several_words_needs_no_quotes(an: Any) -> None:
    await an.says("nguồn:báo biển cầu rạch sấu")
    await an.sees("Chỉ tìm: Báo Biển", "1 bài về «cầu rạch sấu»", OPENED)


@pytest.mark.usefixtures("bridge")
async def test_what_is_left_out_is_told(an: Any) -> None:
    await an.says("sông cái -vàm đước")
    await an.sees("Bỏ các bài có: «vàm đước»", "Lũ về sớm trên sông Cái")


async def test_a_question_of_nothing_but_filters_is_headed_by_their_number(an: Any, publish: Any) -> None:
    await publish("Chợ nổi họp sớm", "Lúa hè thu được giá", topic="Kinh tế")
    await an.says("chude:kinh-te")
    message = await an.sees("Chỉ tìm: Kinh tế\n\n2 bài, mới nhất trước\n")
    assert "chude" not in message["text"]


async def test_halves_of_a_question_are_of_its_words_not_its_filters(an: Any, publish: Any) -> None:
    await publish("Lũ về sớm trên sông Cái")
    await an.says("nguồn:xa rạch sấu")
    assert await an.buttons() == ["Tìm «rạch»", "Tìm «sấu»", "🔔 Theo dõi"]
