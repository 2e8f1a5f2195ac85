"""The paper's own picture above the first story, where its source allows it."""

from dataclasses import replace
from typing import Any

import pytest


@pytest.fixture
def pictured(house: Any) -> None:
    """Let the paper's pictures be shown."""
    (source,) = house.services.newsroom.sources
    house.services.newsroom = replace(house.services.newsroom, sources=(replace(source, preview=True),))


@pytest.mark.usefixtures("pictured")
async def test_the_first_message_of_a_digest_has_the_first_storys_picture_above(
    an: Any, publish: Any
) -> None:
    await publish("Cầu mới thông xe")
    _, digest = await an.says("/start")
    assert digest["link_preview_options"] == {
        "url": "https://baobien.example/cầu-mới-thông-xe",
        "prefer_large_media": True,
        "show_above_text": True,
    }


async def test_a_source_that_does_not_say_so_shows_no_picture(an: Any, publish: Any) -> None:
    await publish("Cầu mới thông xe")
    _, digest = await an.says("/start")
    assert digest["link_preview_options"] == {"is_disabled": True}


@pytest.mark.usefixtures("pictured")
async def test_a_picture_that_telegram_refuses_is_left_out(an: Any, house: Any, publish: Any) -> None:
    await publish("Cầu mới thông xe")
    await house.control.post("fault", kind="400", method="sendMessage", description="WEBPAGE_URL_INVALID")
    (digest,) = await an.says("/tin")
    assert "Cầu mới thông xe" in digest["text"]
    assert digest["link_preview_options"] == {"is_disabled": True}
