"""Buttons change times and pauses of an edition: previewed, written to the file, undone."""

from functools import partial
from pathlib import Path
from typing import Any

from bot.commands.newsroom_writing import newsroom_file
from bot.jobs.reload import NewsroomWatch
from bot.startup.assembly import assemble
from config.reading import content_hash, load_newsroom

FILE = """[[editions]]
name = "sang"
title = "Tin sáng"
times = ["06:45"]   # trước giờ họp
"""


class Kept:
    """The newsroom file of the bot."""

    def __init__(self, services: Any, path: Path) -> None:
        self.path = path
        path.write_text(FILE, encoding="utf-8")
        services.newsroom = assemble(load_newsroom(path))
        watch = NewsroomWatch(path, lambda path: assemble(load_newsroom(path)), content_hash)
        services.file = newsroom_file(path, partial(watch.adopt, services))

    @property
    def text(self) -> str:
        """Return its text."""
        return self.path.read_text(encoding="utf-8")

    def save(self, text: str) -> None:
        """Save another text, as an editor does."""
        self.path.write_text(text, encoding="utf-8")


async def test_an_operator_adds_a_time_pauses_and_undoes(house: Any, operator: Any, tmp_path: Path) -> None:
    file = Kept(house.services, tmp_path / "diemtin.toml")
    person = await house.person("An")
    await person.says("/start")
    await operator.says("/quantri")
    await operator.taps("Giờ phát")
    await operator.taps("Tin sáng: 06:45")
    await operator.taps("18:30")
    await operator.sees("Tin sáng: thêm giờ 18:30?", "không phát → 1")
    assert file.text == FILE
    await operator.taps("Ghi vào tệp")
    await operator.sees("Đã ghi vào tệp cấu hình")
    assert file.text == FILE.replace('["06:45"]', '["06:45", "18:30"]')
    assert len(house.services.newsroom.default_edition.schedule.times) == 2
    await operator.taps("↩ Hoàn tác")
    await operator.sees("đã về như trước")
    assert file.text == FILE
    await operator.says("/quantri")
    await operator.taps("Giờ phát")
    await operator.taps("Tin sáng: 06:45")
    await operator.taps("Tạm ngừng bản tin")
    await operator.sees("1 → không phát")
    file.save(FILE + "# thêm tay\n")
    assert await operator.taps("Ghi vào tệp") is not None
    assert file.text == FILE + "# thêm tay\n"
