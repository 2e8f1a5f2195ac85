"""An answer in chat: sentences with their sources over the articles, and the buttons under them."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import null, update

from bot.news.newsroom import Newsroom, Source
from storage.tables import questions

OPENED = "Sáng nay, cầu Rạch Sấu bắc qua kênh Xáng chính thức thông xe sau hai năm xây dựng."
COST = "Cầu Rạch Sấu có vốn đầu tư 120 tỷ đồng, lấy từ ngân sách huyện và tiền góp của dân."
REST = " ".join(f"Người dân hai bờ kể chuyện thứ {n} về những chuyến đò ngày trước." for n in range(40))


@pytest.fixture
def newsroom(newsroom: Newsroom) -> Newsroom:
    """A newsroom with a second paper and one that must not be shown."""
    more = [
        Source(name, title, "inbox", Path(name), "Asia/Ho_Chi_Minh", None, quote)
        for name, title, quote in (("bao-kenh", "Báo Kênh", "full"), ("bao-kin", "Báo Kín", "none"))
    ]
    return dataclasses.replace(newsroom, sources=(*newsroom.sources, *more))  # type: ignore[arg-type]  # the quotes


@pytest.fixture
async def bridge(publish: Any) -> None:
    """One long article about a bridge, and three others."""
    await publish("Cầu Rạch Sấu thông xe", body=f"{OPENED} {COST} {REST}")
    await publish("Giá gạo tăng ở chợ Vàm Đước", "Lũ về sớm trên sông Cái", "Hội đua ghe ngo khai mạc")


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


async def test_what_may_have_been_meant_is_a_button_where_the_words_are_found(an: Any, publish: Any) -> None:
    await publish("Chợ nổi", body="Thuyền ra vịnnh từ sáng. Trời vẫn còn xanh.")
    await publish("Vịnh xanh đông khách")
    await an.says("vịnnh xanh")
    message = await an.sees("Chợ nổi")
    assert "Vịnh xanh đông khách" not in message["text"]
    await an.taps("Ý bạn là «vịnh xanh»?")
    await an.sees("1 bài về «vịnh xanh»", "Vịnh xanh đông khách")


async def test_a_question_of_nothing_but_filters_is_headed_by_their_number(an: Any, publish: Any) -> None:
    await publish("Chợ nổi họp sớm", "Lúa hè thu được giá", topic="Kinh tế")
    await an.says("chude:kinh-te")
    message = await an.sees("Chỉ tìm: Kinh tế\n\n2 bài, mới nhất trước\n")
    assert "chude" not in message["text"]


async def test_halves_of_a_question_are_of_its_words_not_its_filters(an: Any, publish: Any) -> None:
    await publish("Lũ về sớm trên sông Cái")
    await an.says("nguồn:xa rạch sấu")
    assert await an.buttons() == ["Tìm «rạch»", "Tìm «sấu»", "🔔 Theo dõi"]


async def test_what_shares_too_little_with_the_question_is_not_shown_as_nearest(
    an: Any, publish: Any
) -> None:
    await publish("Phi công có hơn năm nghìn giờ bay", "Xe tải vào phố giờ cấm")
    await an.says("1 + 1 bằng mấy giờ")
    message = await an.sees("Không thấy bài nào về «1 + 1 bằng mấy giờ».")
    assert "Phi công" not in message["text"]
