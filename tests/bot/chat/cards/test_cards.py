"""Cards of stories and *Xem thêm*, as a reader taps them under a digest."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, update

from bot.messages import texts
from storage.delivery.corrections import confirm_correction, draft_correction
from storage.processing.processed import make_stories
from storage.tables import articles, story_lists

SUBJECTS = (  # no word twice: the digest takes each for an event of its own
    "gạo nếp đồng chiêm gặt", "cầu phao bến sông đò", "lụa tơ tằm dâu kén", "chè shan tuyết đồi sương",
    "gốm men lò nung đất", "voi rừng khộp ngà bản", "cá hồi suối lồng mưa", "thuyền buồm lưới chài biển",
    "bóng đá sân cỏ trận", "sách thư viện kệ mượn", "răng khám viêm thuốc bác", "trường lớp thi điểm giáo",
    "phim rạp vé diễn kịch", "xe buýt tuyến trạm khách", "điện gió tuabin cột quạt", "nhạc đàn bầu chèo hát",
    "rượu men lá ủ chum", "mây tre giỏ đan nong", "ngựa đua vòng cược nài", "muối ruộng nắng cào trắng",
    "dừa xiêm xơ kẹo bẹ", "ong mật hoa nhãn tổ", "kem que lạnh tủ vani", "vàng miếng nhẫn cân tiệm",
)  # fmt: skip
FERRY = (
    (
        "Phà Cát Lái dừng chạy từ nửa đêm qua vì gió giật mạnh trên sông Đồng Nai. "
        "Hơn hai nghìn người phải đi vòng qua cầu Đồng Nai để vào thành phố. "
        "Ông Lê Văn Tám, giám đốc bến phà, nói tàu sẽ chạy lại khi gió dưới cấp sáu. "
    )
    + "Người dân hai bên bờ chờ tin ở quán nước, hỏi nhau xem bao giờ nước rút và đò ngang có đi được không. "
    * 9
)


async def _many(publish: Any) -> None:
    for number, words in enumerate(SUBJECTS):
        name = words.title()
        lead = f"{name}: " + ", ".join(
            f"{one} {number}{place}" for place, one in enumerate(words.split() * 5)
        )
        await publish(f"{name} ngày {number}", body=f"{lead}. " + f"{name} còn lâu. " * 30)


async def _one_story(house: Any, ids: list[int]) -> int:
    """Put articles into one story and return it."""
    async with house.services.database.write() as connection:
        [story] = await make_stories(connection, 1, now=house.clock.now())
        await connection.execute(update(articles).where(articles.c.id.in_(ids)).values(story_id=story))
    return story


async def test_a_number_opens_the_storys_card_as_a_reply(an: Any, publish: Any) -> None:
    await publish("Phà Cát Lái ngừng chạy", body=FERRY, topic="kinh-te")
    _, digest = await an.says("/start")
    assert "1. Phà Cát Lái ngừng chạy" in digest["text"]
    assert [[button["text"] for button in row] for row in digest["buttons"]] == [["1"]]
    assert await an.taps("1") is None
    card = await an.sees(
        "KINH TẾ\nPhà Cát Lái ngừng chạy", "dừng chạy từ nửa đêm qua", "Báo Biển, 18:00 hôm nay"
    )
    assert card["reply_to"] == digest["message_id"]
    links = [entity["url"] for entity in card["entities"] if entity["type"] == "text_link"]
    assert len(links) == 1
    assert links[0].startswith("https://baobien.example/")


async def test_a_card_of_several_papers_names_each_and_tells_the_steps(
    an: Any, house: Any, publish: Any
) -> None:
    first = await publish("Phà Cát Lái ngừng chạy", body=FERRY, hours_ago=5)
    later = await publish(
        "Phà Cát Lái chạy lại sau bão", body="Sáng nay phà Cát Lái lại chở khách, chuyến đầu lúc sáu giờ.",
        hours_ago=2, source="bao-song",
    )  # fmt: skip
    await _one_story(house, first + later)
    await an.says("/start")
    await an.taps("1")
    card = await an.sees("Diễn biến", "Báo Biển, 14:00 hôm nay", "(bao-song, 17:00 hôm nay)")
    steps = card["text"].split("Diễn biến")[1]
    assert steps.index("14:00 hôm nay: Phà Cát Lái ngừng chạy") < steps.index(
        "17:00 hôm nay: Phà Cát Lái chạy lại"
    )
    assert (
        sum(entity["type"] == "text_link" for entity in card["entities"]) == 3
    )  # the headline and each report


async def test_the_second_of_two_quick_taps_opens_nothing(an: Any, house: Any, publish: Any) -> None:
    await publish("Phà Cát Lái ngừng chạy", body=FERRY)
    await an.says("/start")
    count = len(await an.messages())
    assert await an.taps("1") is None
    assert await an.taps("1") == texts.OPENED_ALREADY
    assert len(await an.messages()) == count + 1
    await house.clock.advance(6)
    assert await an.taps("1") is None


async def test_a_card_of_a_story_that_is_gone_says_so(an: Any, house: Any, publish: Any) -> None:
    await publish("Phà Cát Lái ngừng chạy", body=FERRY)
    await an.says("/start")
    async with house.services.database.write() as connection:
        await connection.execute(delete(articles))
    assert await an.taps("1") == texts.CARD_GONE


@pytest.mark.parametrize(
    "data", ["tin:mo:999999999999999999", "tin:mo:12345", "tin:them:77", "tin:trang:1:99"]
)
async def test_a_forged_button_is_answered_kindly(an: Any, publish: Any, data: str) -> None:
    await publish("Phà Cát Lái ngừng chạy", body=FERRY)
    await an.says("/start")
    assert await an.forges(data) in (texts.CARD_GONE, texts.MORE_GONE)


async def test_what_a_source_no_longer_lets_be_shown_is_not_on_its_card(
    an: Any, house: Any, publish: Any
) -> None:
    await publish("Phà Cát Lái ngừng chạy", body=FERRY)
    await an.says("/start")
    newsroom = house.services.newsroom
    (source,) = newsroom.sources
    house.services.newsroom = replace(newsroom, sources=(replace(source, quote="headline"),))
    await an.taps("1")
    card = await an.sees("Phà Cát Lái ngừng chạy")
    assert "nửa đêm" not in card["text"]
    house.services.newsroom = replace(newsroom, sources=(replace(source, quote="none"),))
    await house.clock.advance(60)
    digest = (await an.messages())[-2]
    assert await an.taps("1", message_id=digest["message_id"]) == texts.CARD_HIDDEN


async def test_a_correction_stands_on_the_card(an: Any, house: Any, publish: Any) -> None:
    ids = await publish("Phà Cát Lái ngừng chạy", body=FERRY)
    story = await _one_story(house, ids)
    await an.says("/start")
    async with house.services.database.write() as connection:
        draft = await draft_correction(connection, story, "Phà Bình Khánh.", now=house.clock.now())
        await confirm_correction(connection, draft.id, now=house.clock.now())
        await draft_correction(connection, story, "Chưa ai duyệt.", now=house.clock.now())
    await an.taps("1")
    card = await an.sees("Đính chính (19:00): Phà Bình Khánh.")
    assert "Chưa ai duyệt" not in card["text"]


async def test_anybody_in_a_group_opens_a_card(house: Any, publish: Any) -> None:
    await publish("Phà Cát Lái ngừng chạy", body=FERRY)
    member, administrator = await house.person("Bình"), await house.person("Chi")
    member, administrator = await house.group(member, administrator=administrator)
    await administrator.says(f"/tin@{house.username}")
    assert await member.taps("1") is None
    await member.sees("Phà Cát Lái ngừng chạy", "nửa đêm qua")


async def test_more_pages_through_what_the_digest_left_out(an: Any, publish: Any, house: Any) -> None:
    await _many(publish)
    messages = await an.says("/start")
    shown = [words for words in SUBJECTS if any(words.title() in message["text"] for message in messages)]
    digest = messages[-1]
    assert f"Còn {len(SUBJECTS) - len(shown)} tin khác." in digest["text"]
    numbers = len(digest["buttons"][0])
    assert numbers <= 8
    await an.taps("Xem thêm")
    seen: list[str] = []
    for _ in range(9):
        page = await an.last()
        seen += [words for words in SUBJECTS if words.title() in page["text"]]
        if "Sau ›" not in await an.buttons():
            break
        await an.taps("Sau ›")
    assert page["reply_to"] == digest["message_id"]
    assert len(seen) == len(set(seen))
    assert set(seen + shown) == set(SUBJECTS)  # each once, none lost
    assert len(set(seen) & set(shown)) == max(
        0, len(shown) - numbers
    )  # stories past the numbers of the message
    await an.taps("‹ Trước")
    await an.taps("1")
    assert (await an.last())["text"].splitlines()[0].split(" ngày")[0].lower() in SUBJECTS


async def test_more_of_a_list_that_is_gone_says_so(an: Any, house: Any, publish: Any) -> None:
    await _many(publish)
    await an.says("/start")
    async with house.services.database.write() as connection:
        await connection.execute(delete(story_lists))
    assert await an.taps("Xem thêm") == texts.MORE_GONE
