"""Mistaken or malicious input in chat: each case gets an answer and leaves the choices unchanged."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.chat.operators.admin import notify_admins
from bot.jobs.reload import NewsroomWatch
from bot.news.newsroom import Newsroom
from bot.news.services import NotifyAdmins
from bot.operators.notices import source_unreadable
from bot.startup.assembly import assemble
from config.reading import content_hash, load_newsroom
from config.values import ConfigError
from tests.bot.telegram.handmade import bot_at

FAILED = "Có trục trặc"
HOSTILE = {
    "3,000 characters": "x" * 3_000,
    "3,000 operators": "*" * 3_000,
    "NUL": "hạ\x00long",
    "bidi marks": "\u202ehạ\u202c \u2067long",
    "invisible": "\u200b\ufeff\u2060",
    "markup": "<b>hạ</b> & <a href='x'>",
    "half a surrogate pair": "\ud83d hạ",
    "stacked marks": "h\u0323" * 500,
    "flags": "🇻🇳" * 600,
    "operators": "AND OR NOT NEAR(a, 2) title:x ^ ~",
    "an open quote": '"hạ',
    "a lone star": "*",
    "a lone minus": "-",
    "SQL": "'; DROP TABLE subscribers; --",
    "placeholders": "{} {0} %s ${x}",
    "no character at all": "\ufffe\uffff",
}


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
async def test_every_command_answers_hostile_words_and_leaves_the_choices(
    an: Any, house: Any, words: str
) -> None:
    """The answer is one message, and all its characters are printable."""
    await an.says("/start")
    before = await an.subscription()
    with capture_logs() as logs:
        for command in ("", "/tim ", "/lich ", "/lich múi giờ ", "/lich yên tĩnh ", "/chude ", "/x"):
            await house.clock.advance(60)
            answers = await an.says(command + words)
            assert len(answers) == 1
            assert FAILED not in answers[0]["text"]
            assert not set(answers[0]["text"]) & set("\x00\u202e\u2067\ud83d")
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    assert await an.subscription() == before
    assert set((await house.control.get("stats"))["statuses"]) == {"200"}


TAPS = {
    "times": ("/lich", "gio:2000"),
    "days": ("/lich", "ngay:56"),
    "quiet hours": ("/lich", "yentinh:0-0"),
    "edition": ("/lich", "bantin:toi"),
    "topic": ("/chude", "chude:+the-thao"),
    "defaults": ("/lich", "macdinh"),
    "pause": ("/lich", "tamdung"),
    "undo": ("/lich 20:00", "hoantac:schedule:1"),
    "delete": ("/xoadulieu", "xoa:het"),
}


@pytest.mark.parametrize(("command", "data"), TAPS.values(), ids=TAPS)
async def test_a_button_tapped_twice_at_once_does_what_one_tap_does(
    an: Any, house: Any, command: str, data: str
) -> None:
    await an.says("/start")
    (shown,) = await an.says(command)
    with capture_logs() as logs:
        lines = await asyncio.gather(*(an.forges(data, message_id=shown["message_id"]) for _ in range(2)))
    assert FAILED not in str(lines)
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    once = await an.subscription()
    await an.forges(data, message_id=shown["message_id"])
    assert await an.subscription() == once


async def test_a_tap_that_telegram_gave_up_on_is_obeyed_without_an_error(an: Any, house: Any) -> None:
    await an.says("/start")
    (shown,) = await an.says("/lich")
    await house.control.post("limits", callback_seconds=0)
    with capture_logs() as logs:
        tapped = await house.control.tap(an.chat, data="gio:2000", message_id=shown["message_id"], forge=True)
        await house.handled(tapped["update_id"])
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    assert (await house.control.get("stats"))["statuses"]["400"] == 1
    assert (await an.subscription()).choices.times == ("20:00",)


async def test_a_button_from_a_newsroom_of_yesterday_is_old(an: Any) -> None:
    await an.says("/start")
    before = await an.subscription()
    for data in ("bantin:trua", "chude:+da-bo", "hoantac:topics:99"):
        assert await an.forges(data) == "Nút này đã cũ. Bạn gửi /lich để mở lại nhé."
    assert await an.subscription() == before


async def test_an_edited_channel_post_is_left_alone(house: Any) -> None:
    chi = await house.person("Chi")
    (author,) = await house.group(administrator=chi, type="channel")
    said = await house.control.say(author.chat, "tin nóng", sender=author.id)
    await house.handled(said["update_id"])
    assert await author.says("/start", edit=said["message_id"]) == []
    assert await author.subscription() is None


async def test_someone_named_as_an_operator_is_none(house: Any) -> None:
    """Operators are known by their ids: anyone can take a name or a username."""
    impostor = await house.person("Chị Tư", username="operator")
    await impostor.says("/quantri")
    await impostor.sees("Điểm Tin không có lệnh /quantri.")


async def test_five_hundred_commands_at_once_get_their_share_and_one_line(an: Any, house: Any) -> None:
    binh = await house.person("Bình")
    await an.says("/trogiup")
    flood = [await house.control.say(an.chat, "/trogiup") for _ in range(500)]
    (answer,) = await binh.says("/trogiup")
    assert answer["text"].startswith("Điểm Tin")
    await house.handled(flood[-1]["update_id"])
    texts = [message["text"] for message in await an.messages() if message["from"] == "bot"]
    assert (len(texts), sum("Bạn gửi hơi nhanh" in text for text in texts)) == (21, 1)


@pytest.mark.parametrize("chat_id", [2**31, 2**52 - 1])
async def test_chat_ids_beyond_32_bits_are_kept_whole(house: Any, chat_id: int) -> None:
    person = await house.person("An", id=chat_id)
    await person.says("/start")
    await person.says("/lich 20:00")
    assert (await person.subscription()).chat_id == chat_id
    await person.says("/dulieucuatoi")
    await person.sees(f"Mã chat: {chat_id}")


@pytest.fixture
async def notify(house: Any) -> AsyncIterator[NotifyAdmins]:
    """Notify the admins as the application does."""
    async with bot_at(house.url) as bot:
        yield partial(notify_admins, bot, house.services)


def _read(path: Path) -> Newsroom | str:
    try:
        return assemble(load_newsroom(path))
    except ConfigError as error:
        return "\n".join(map(str, error.problems))


EDITION = '[[editions]]\nname = "sang"\ntitle = "Bản tin sáng"\ntimes = ["06:45"]\n'
BROKEN = {
    "unknown key": (EDITION + "tile = 1\n", "dòng 5: editions[0].tile: khóa «tile» không có"),
    "24:00": (EDITION.replace("06:45", "24:00"), "dòng 4: editions[0].times[0]: giờ phải viết HH:MM"),
    "7h": (EDITION.replace("06:45", "7h"), "dòng 4: editions[0].times[0]: giờ phải viết HH:MM"),
    "unknown zone": (EDITION + 'zone = "Mars/X"\n', "dòng 5: editions[0].zone: không có múi giờ «Mars/X»"),
    "one name twice": (EDITION * 2, "dòng 6: editions[1].name: tên «sang» đã dùng ở editions[0]"),
    "endless keys": (EDITION + "".join(f"{'k' * 900}{n} = 1\n" for n in range(40)), "và 30 lỗi nữa"),
    "markup": (EDITION + '"<b>" = 1\n', "khóa «<b>» không có"),
    "no text at all": ("\0" * 100, "sai cú pháp TOML"),
}


@pytest.mark.parametrize(("content", "told"), BROKEN.values(), ids=BROKEN)
async def test_operators_hear_of_a_broken_newsroom_file_and_the_old_one_stays(
    operator: Any, house: Any, notify: NotifyAdmins, tmp_path: Path, content: str, told: str
) -> None:
    await operator.says("/trogiup")
    file, before = tmp_path / "diemtin.toml", house.services.newsroom
    file.write_text(EDITION, encoding="utf-8")
    watch = NewsroomWatch(file, _read, content_hash)
    file.write_text(content, encoding="utf-8")
    for _ in range(3):
        await watch.check(house.services, notify)
    await operator.sees("bot vẫn dùng cấu hình cũ", told, "diemtin check")
    assert house.services.newsroom is before


async def test_operators_hear_of_a_source_however_long_its_path(operator: Any, notify: NotifyAdmins) -> None:
    await operator.says("/trogiup")
    await notify(source_unreadable("Báo <Biển>", "/kho/&" + "x" * 5_000))
    await operator.sees("Không đọc được nguồn Báo <Biển>", "/kho/&xxx", "các nguồn khác vẫn chạy")
