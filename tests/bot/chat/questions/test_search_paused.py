"""While there is no search index, the chat says so and goes on with everything else."""

import shutil
from typing import Any

import pytest

from storage.search.index import index_of
from storage.search.rebuild import keep_up


async def test_without_an_index_the_chat_says_to_ask_again_and_answers_once_it_is_there(
    an: Any, house: Any, publish: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an.says("/start")
    await publish("Hà Nội mở tuyến xe buýt điện", "Giá cà phê tăng mạnh")
    database = house.services.database
    async with database.read() as connection:
        index_of(connection).close()
    shutil.rmtree(database.index_folder, ignore_errors=True)
    monkeypatch.setattr("storage.search.rebuild._SMALL", 0)  # no store is small enough to be indexed at once
    (told,) = await an.says("xe buýt điện")
    assert "Kho bài đang được sắp xếp lại nên chưa tra được" in told["text"]
    await an.says("/lich")
    await an.sees("Giờ nhận")
    await keep_up(database)
    await an.says("xe buýt điện")
    await an.sees("Hà Nội mở tuyến xe buýt điện")
