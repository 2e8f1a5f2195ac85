"""A story with a whole article behind it."""

from typing import Any

import pytest

FERRY = (
    (
        "Phà Cát Lái dừng chạy từ nửa đêm qua vì gió giật mạnh trên sông Đồng Nai. "
        "Hơn hai nghìn người phải đi vòng qua cầu Đồng Nai để vào thành phố. "
        "Ông Lê Văn Tám, giám đốc bến phà Cát Lái, nói tàu sẽ chạy lại khi gió dưới cấp sáu. "
    )
    + "Người dân hai bên bờ chờ tin ở quán nước, hỏi nhau xem bao giờ nước rút và đò ngang có đi được không. "
    * 9
)


@pytest.fixture
async def ferry(publish: Any) -> int:
    """Publish a story of business and return its article."""
    (article,) = await publish("Phà Cát Lái ngừng chạy", body=FERRY, topic="kinh-te")
    return int(article)


@pytest.fixture
async def reader(an: Any, ferry: int) -> Any:
    """Someone with the story's card open."""
    await an.says("/start")
    await an.taps("1")
    return an
