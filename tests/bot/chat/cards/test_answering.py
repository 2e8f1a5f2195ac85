"""The buttons of a card: save, more, less, mute, why."""

import datetime as dt
from typing import Any

from sqlalchemy import delete, true

from bot.chat.buttons.callbacks import encode
from bot.chat.buttons.reader_intents import DropTaste, MuteWord
from bot.messages import subscription_texts, texts
from storage.delivery.issues import Issue, IssueStory, Part, enqueue_issues, record_issue
from storage.delivery.states import IssueStatus
from storage.reactions import find_tastes
from storage.tables import articles, deliveries


async def _tastes(person: Any) -> dict[tuple[str, str], int]:
    subscriber = await person.subscription()
    async with person.house.services.database.read() as connection:
        return {(one.kind, one.key): one.weight for one in await find_tastes(connection, subscriber.id)}


async def test_a_story_is_saved_by_a_tap_and_dropped_by_the_next(reader: Any) -> None:
    assert await reader.taps("Để dành") == texts.STORY_SAVED
    assert "✓ Để dành" in await reader.buttons()
    (listed,) = await reader.says("/dedanh")
    assert "1. Phà Cát Lái ngừng chạy (hôm nay)" in listed["text"]
    card = (await reader.messages())[-3]
    assert await reader.taps("✓ Để dành", message_id=card["message_id"]) == texts.NOT_SAVED
    (listed,) = await reader.says("/dedanh")
    assert listed["text"] == str(texts.NOTHING_SAVED)


async def test_less_and_more_are_learnt_shown_and_taken_back(reader: Any) -> None:
    line = await reader.taps("Ít tin thế này")
    assert line.startswith("Từ bản tin sau, Điểm Tin bớt lại: chủ đề Kinh tế, Báo Biển, «Lê Văn Tám»")
    learnt = await _tastes(reader)
    assert learnt["topic", "kinh-te"] == learnt["paper", "bao-bien"] == learnt["person", "lê văn tám"] == -1
    assert await reader.forges("tin:gu:it:1") == line, "said twice it counts once"
    assert await _tastes(reader) == learnt
    await reader.taps("Nhiều hơn")
    assert (await _tastes(reader))["topic", "kinh-te"] == 1
    assert [label for label in await reader.buttons() if label.startswith("✓")] == ["✓ Nhiều hơn"]
    assert await reader.taps("✓ Nhiều hơn") == texts.UNTAUGHT
    assert await _tastes(reader) == {}


async def test_what_was_taught_is_a_choice_that_tu_shows_and_takes_back(reader: Any) -> None:
    before = await reader.subscription()
    await reader.says("/tu bỏ: showbiz")
    await reader.forges("tin:gu:it:1")
    learnt = (await reader.subscription()).choices.tastes
    assert {(kind, weight) for kind, _, weight in learnt} == {
        ("topic", -1), ("paper", -1), ("person", -1), ("word", -1)
    }  # fmt: skip
    await reader.says("/tu")
    await reader.sees("Đã học từ các tin bạn chấm", "Nhiều hơn: chưa có", "chủ đề Kinh tế")
    await reader.taps("✕ ít hơn: chủ đề Kinh tế")
    await reader.sees("Đã quên: chủ đề Kinh tế.")
    left = (await reader.subscription()).choices.tastes
    assert set(learnt) - set(left) == {("topic", "kinh-te", -1)}
    assert (
        await reader.forges(f"tu:quen:{DropTaste.of('topic', 'kinh-te').checksum:08x}") == texts.STALE_BUTTON
    )
    await reader.forges(f"hoantac:words:{before.profile_id}")
    choices = (await reader.subscription()).choices
    assert (choices.words_out, choices.tastes) == ((), left), "an undo of words leaves what was taught"
    await reader.forges("tin:gu:bo:1")
    assert (await reader.subscription()).profile_id == before.profile_id, "as nobody ever taught anything"


async def test_the_next_digest_tells_less_of_what_was_disliked(reader: Any, publish: Any) -> None:
    body = "Học trò góp truyện tranh, thầy giáo đóng kệ gỗ suốt mùa hè vừa rồi. " * 9
    (school,) = await publish("Trường làng có thư viện", body=body)
    await publish("Gió mùa về sớm", body="Rét ẩm tràn xuống đồng bằng, nông dân che bạt cho mạ non. " * 9)
    headlines = ("Trường làng", "Gió mùa")

    async def order() -> list[str]:
        [news] = await reader.says("/tin")
        return sorted(headlines, key=news["text"].index)

    first = (await order())[0]
    await reader.forges(f"tin:gu:it:{school if first == 'Trường làng' else school + 1}")
    await reader.house.clock.advance(60)
    assert (await order())[1] == first


async def test_why_names_the_papers_and_the_chosen_topic(reader: Any) -> None:
    assert await reader.taps("Vì sao tin này?") == "Vì Báo Biển mới đưa tin."
    await reader.says("/chude kinh tế")
    assert await reader.forges("tin:visao:1") == "Vì Báo Biển mới đưa tin, bạn chọn chủ đề Kinh tế."


async def test_why_names_the_rank_in_the_digest_that_brought_it(reader: Any, ferry: int) -> None:
    services, subscriber = reader.house.services, await reader.subscription()
    now = reader.house.clock.now()
    async with services.database.write() as connection:
        told = (IssueStory(1, 0, "Phà Cát Lái ngừng chạy", 3),)
        issue = Issue(
            subscriber.profile_id, "sang", now, now - dt.timedelta(days=1), IssueStatus.MADE,
            parts=(Part("<b>Bản tin</b>"),), stories=told,
        )  # fmt: skip
        issue_id = await record_issue(connection, issue, now=now)
        assert issue_id is not None
        await enqueue_issues(connection, [issue_id], true(), release=lambda *_: now, now=now)
        await connection.execute(deliveries.update().values(status="sent", changed_at=now))
    line = await reader.taps("Vì sao tin này?")
    assert line.endswith("chuyện đứng thứ 3 về độ quan trọng của Bản tin sáng.")
    await reader.house.clock.advance(10)
    await reader.forges(f"tin:mo:{ferry}")
    await reader.sees("Đã gửi bạn: 19:00 hôm nay")


async def test_somebody_who_has_not_begun_is_asked_to(an: Any, ferry: int) -> None:
    await an.says("/tin")
    await an.taps("1")
    assert await an.taps("Để dành") == texts.NEEDS_START
    assert await an.taps("Ít tin thế này") == texts.NEEDS_START
    assert await an.subscription() is None


async def test_in_a_group_its_administrators_answer_and_everybody_reads(house: Any, ferry: int) -> None:
    binh, chi = await house.person("Bình"), await house.person("Chi")
    member, administrator = await house.group(binh, administrator=chi)
    await administrator.says(f"/start@{house.username}")
    await member.taps("1")
    assert await member.taps("Để dành") == subscription_texts.ONLY_ADMINISTRATORS_LINE
    assert await member.taps("Ít tin thế này") == subscription_texts.ONLY_ADMINISTRATORS_LINE
    assert (await member.taps("Vì sao tin này?")).startswith("Vì Báo Biển")
    assert await administrator.taps("Để dành") == texts.STORY_SAVED
    (listed,) = await member.says(f"/dedanh@{house.username}")
    assert listed["text"] == str(subscription_texts.ONLY_ADMINISTRATORS.striptags())


async def test_a_story_read_from_the_list_leaves_it_and_can_come_back(reader: Any) -> None:
    await reader.taps("Để dành")
    (listed,) = await reader.says("/dedanh")
    assert await reader.taps("1", message_id=listed["message_id"]) == texts.READ_SAVED
    emptied, card = (await reader.messages())[-2:]
    assert emptied["text"] == str(texts.NOTHING_SAVED)
    assert card["text"].startswith("KINH TẾ\nPhà Cát Lái ngừng chạy")
    await reader.taps("↩ Hoàn tác", message_id=emptied["message_id"])
    assert "Phà Cát Lái" in (await reader.messages())[-2]["text"]


async def test_a_saved_story_whose_article_is_gone_still_stands_in_the_list_with_its_link(
    reader: Any,
) -> None:
    await reader.taps("Để dành")
    async with reader.house.services.database.write() as connection:
        await connection.execute(delete(articles))
    (listed,) = await reader.says("/dedanh")
    assert [entity["url"] for entity in listed["entities"] if entity["type"] == "text_link"]
    assert await reader.taps("1") == texts.CARD_GONE


async def test_the_list_has_pages(an: Any, publish: Any) -> None:
    await an.says("/start")
    for number in range(1, 11):
        (article,) = await publish(f"Chuyện thứ {number}")
        await an.forges(f"tin:danh:+{article}")
        await an.house.clock.advance(30)
    (listed,) = await an.says("/dedanh")
    assert "(10) · trang 1/2" in listed["text"]
    await an.taps("Sau ›")
    page = await an.sees("trang 2/2", "2. Chuyện thứ 1 ")
    assert [[button["text"] for button in row] for row in page["buttons"]] == [["1", "2"], ["‹ Trước"]]
    assert await an.forges("dedanh:doc:999:0") == texts.STALE_SAVED
    assert await an.forges("dedanh:lai:999") == texts.STALE_SAVED


async def test_what_was_answered_is_in_the_chats_data(reader: Any) -> None:
    await reader.taps("Để dành")
    await reader.taps("Nhiều hơn")
    await reader.says("/dulieucuatoi")
    await reader.sees("Tin để dành: 1; sở thích đã học: ")


async def test_a_word_is_muted_from_the_card_by_one_tap_more_than_its_panel(reader: Any) -> None:
    """Number, *Bỏ một từ*, the word: two taps and the word."""
    assert await reader.taps("Bỏ một từ") == texts.CHOOSE_WORD
    offered = await reader.buttons()
    assert {"✕ bỏ: Lê Văn Tám", "✕ bỏ: Kinh tế", "‹ Quay lại"} <= set(offered)
    assert len(offered) <= 7
    line = await reader.taps("✕ bỏ: Lê Văn Tám")
    assert line == "Từ nay Điểm Tin bỏ tin có «Lê Văn Tám». Lấy lại: /tu"
    assert (await reader.subscription()).choices.words_out == ("Lê Văn Tám",)
    card = next(one for one in reversed(await reader.messages()) if one["buttons"])
    assert "Bỏ một từ" in [button["text"] for row in card["buttons"] for button in row]


async def test_muting_can_be_left_and_stale_or_forged_words_do_nothing(reader: Any) -> None:
    before = await reader.buttons()
    await reader.taps("Bỏ một từ")
    await reader.taps("‹ Quay lại")
    assert await reader.buttons() == before
    for data in ("tin:botu:00000000:1", "tin:botu:00000000:999", "tin:bo:+999"):
        assert await reader.forges(data) == texts.CARD_GONE
    for data in ("tin:bo:1", "tin:botu:1", "tin:botu:zz:1"):
        assert await reader.forges(data) == texts.STALE_BUTTON
    assert (await reader.subscription()).choices.words_out == ()


async def test_a_full_list_says_so_from_the_card(reader: Any) -> None:
    await reader.says("/tu bỏ: " + ", ".join(f"từ {number}" for number in range(30)))
    await reader.forges("tin:bo:+1")
    phrase = MuteWord.of("Lê Văn Tám", 1)
    assert "nhiều nhất 30 từ" in str(await reader.forges(encode(phrase)))
    await reader.forges("tu")
    await reader.sees("Từ của bạn")
