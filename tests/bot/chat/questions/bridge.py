"""A newsroom with a long article about a bridge, for tests of answers."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from bot.news.newsroom import Newsroom, Source

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
