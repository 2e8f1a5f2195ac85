"""/start: the first thing anyone sees."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from bot.times.schedule import Schedule
from storage.profiles import find_due, set_next_slot

SUBJECTS = (  # no word twice: the digest takes each for an event of its own
    "gạo nếp đồng chiêm gặt", "cầu phao bến sông đò", "lụa tơ tằm dâu kén", "chè shan tuyết đồi sương",
    "gốm men lò nung đất", "voi rừng khộp ngà bản", "cá hồi suối lồng mưa", "thuyền buồm lưới chài biển",
    "bóng đá sân cỏ trận", "sách thư viện kệ mượn", "răng khám viêm thuốc bác", "trường lớp thi điểm giáo",
    "phim rạp vé diễn kịch", "xe buýt tuyến trạm khách", "điện gió tuabin cột quạt", "nhạc đàn bầu chèo hát",
)  # fmt: skip


async def _blocks(house: Any, person: Any, *, undo: bool = False) -> None:
    action = "unblock" if undo else "block"
    changed = await house.control.post("member", chat=person.chat, action=action)
    await house.handled(changed["update_id"])


async def test_a_newcomer_is_welcomed_subscribed_and_gets_a_first_digest(an: Any, publish: Any) -> None:
    await publish("Chợ nổi mở lại", "Cầu mới thông xe")
    welcome, digest = await an.says("/start")
    assert welcome["text"].startswith("Chào bạn!")
    assert "Bản tin sáng lúc 06:45, hằng ngày" in welcome["text"]
    assert len(welcome["text"].splitlines()) == 2
    assert [b["text"] for row in welcome["buttons"] for b in row] == ["Giờ nhận", "Chủ đề"]
    assert "Chợ nổi mở lại" in digest["text"]
    subscription = await an.subscription()
    assert (subscription.status, subscription.kind) == ("active", "private")
    assert subscription.choices.edition == "sang"


async def test_on_an_empty_store_it_says_when_the_first_digest_comes(an: Any) -> None:
    await an.says("/start")
    await an.sees("Bản tin đầu tiên sẽ đến lúc 06:45 sáng mai.")


async def test_the_profile_of_a_newcomer_is_due_at_the_editions_next_time(an: Any, house: Any) -> None:
    await an.says("/start")
    async with house.services.database.read() as connection:
        slot = dt.datetime(2026, 11, 22, 23, 45, tzinfo=dt.UTC)
        before = await find_due(connection, now=slot - dt.timedelta(seconds=1))
        assert (before, len(await find_due(connection, now=slot))) == ([], 1)


@pytest.mark.parametrize("payload", ["ref_123", "' OR 1=1 --", "<b>" * 20, "../../etc", "🦈" * 30])
async def test_what_a_deep_link_carries_changes_nothing(an: Any, payload: str) -> None:
    welcome, _ = await an.says(f"/start {payload}")
    assert welcome["text"].startswith("Chào bạn!")
    assert (await an.subscription()).choices.topics == ()


async def test_someone_who_paused_is_welcomed_back_with_the_old_choices(an: Any) -> None:
    await an.says("/start")
    await an.says("/lich 20:00")
    await an.says("/tamdung")
    welcome, *_ = await an.says("/start")
    assert welcome["text"].startswith("Chào mừng bạn trở lại!")
    assert "lúc 20:00" in welcome["text"]
    subscription = await an.subscription()
    assert (subscription.status, subscription.choices.times) == ("active", ("20:00",))


async def test_someone_who_blocked_the_bot_is_retired_and_comes_back_with_start(an: Any, house: Any) -> None:
    await an.says("/start")
    await _blocks(house, an)
    assert (await an.subscription()).status == "gone"
    await an.says("/start")
    assert (await an.subscription()).status == "active"


async def test_unblocking_is_enough_to_come_back(an: Any, house: Any) -> None:
    await an.says("/start")
    await _blocks(house, an)
    await _blocks(house, an, undo=True)
    assert (await an.subscription()).status == "active"


async def test_blocking_and_unblocking_does_not_end_a_pause(an: Any, house: Any) -> None:
    await an.says("/start")
    await an.says("/tamdung")
    await _blocks(house, an)
    await _blocks(house, an, undo=True)
    assert (await an.subscription()).status == "paused"


@pytest.mark.parametrize("way_back", ["/start", "/tieptuc", "unblock"])
async def test_coming_back_wakes_the_profile_that_slept_meanwhile(an: Any, house: Any, way_back: str) -> None:
    await an.says("/start")
    await (_blocks(house, an) if way_back == "unblock" else an.says("/tamdung"))
    tomorrow = house.clock.now() + dt.timedelta(days=1)
    async with house.services.database.write() as connection:
        (profile,) = await find_due(connection, now=tomorrow)
        await set_next_slot(connection, profile, next_due_at=None)
    await (_blocks(house, an, undo=True) if way_back == "unblock" else an.says(way_back))
    async with house.services.database.read() as connection:
        assert [row.id for row in await find_due(connection, now=tomorrow)] == [profile.id]


async def test_someone_who_blocks_while_an_answer_is_on_its_way_is_retired(an: Any, house: Any) -> None:
    await an.says("/start")
    await house.control.post(
        "fault",
        method="sendMessage",
        times=1,
        kind="403",
        description="Forbidden: bot was blocked by the user",
    )
    await an.says("/tin")
    left = await an.subscription()
    assert left.status == "gone"
    assert left.status_reason.startswith("left: Forbidden")


async def test_tin_sends_the_digest_without_a_subscription_and_makes_none(an: Any, publish: Any) -> None:
    await publish("Chợ nổi mở lại")
    await an.says("/tin")
    await an.sees("Chợ nổi mở lại")
    assert await an.subscription() is None


async def test_tin_sends_every_part(an: Any, publish: Any, house: Any) -> None:
    newsroom = house.services.newsroom
    long_edition = replace(newsroom.editions[0], reading_minutes=30)
    house.services.newsroom = replace(newsroom, editions=(long_edition,))
    for subject in SUBJECTS:
        await publish(" ".join([subject] * 12), body=f"{subject.capitalize()}. " * 60)
    parts = await an.says("/tin")
    assert len(parts) > 1
    assert all(f"{n}/{len(parts)}" in part["text"] for n, part in enumerate(parts, start=1))


async def test_tin_has_only_the_chosen_topics(an: Any, publish: Any) -> None:
    await publish("Giá gạo tăng", topic="kinh-te")
    await publish("Đội làng thắng", topic="the-thao")
    await an.says("/start")
    await an.says("/chude")
    await an.taps("Thể thao")
    digest = (await an.says("/tin"))[0]["text"]
    assert "Đội làng thắng" in digest
    assert "Giá gạo tăng" not in digest


async def test_tin_says_when_there_is_no_news_and_what_comes_next(an: Any, publish: Any) -> None:
    await publish("Chuyện cũ", hours_ago=30)
    await an.says("/start")
    await an.says("/tin")
    await an.sees("Trong 24 giờ qua chưa có tin mới", "Bản tin kế tiếp sẽ đến lúc 06:45 sáng mai.")


async def test_tin_is_no_slot(an: Any, publish: Any, house: Any) -> None:
    await publish("Chợ nổi mở lại")
    await an.says("/start")
    await an.says("/tin")
    async with house.services.database.read() as connection:
        (profile,) = await find_due(connection, now=house.clock.now() + dt.timedelta(days=1))
    assert profile.last_slot_at is None


async def test_the_chat_shows_that_an_answer_is_being_written(an: Any, house: Any, publish: Any) -> None:
    await publish("Chợ nổi mở lại")
    await an.says("/tin")
    assert "typing" in (await house.control.chat(an.chat))["actions"]


async def test_the_welcome_tells_the_true_hour_of_a_time_in_quiet_hours(house: Any, an: Any) -> None:
    early = replace(house.services.newsroom.default_edition, schedule=Schedule((dt.time(5),)))
    house.services.newsroom = replace(house.services.newsroom, editions=(early,))
    await an.says("/start")
    welcome = (await an.messages())[1]["text"]
    assert "lúc 05:00" in welcome
    assert "Giờ 05:00 nằm trong giờ yên tĩnh (22:00–06:30), nên bản tin đó sẽ đến lúc 06:30." in welcome
