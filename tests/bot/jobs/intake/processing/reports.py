"""Reports to process: stored, and read again with their stories."""

import datetime as dt

from sqlalchemy import select

from storage.articles import StoredArticle, find_articles, store_articles
from storage.engine import Database
from storage.intake.drafts import Incoming
from storage.tables import articles
from storage.times import Precision, Published

NOW = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FLOOD = (
    "Mưa lớn làm ngập xã Bình An, ba trăm hộ phải sơ tán",
    "Nước lũ tràn qua đê bao xã Bình An lúc rạng sáng. Ba trăm hộ dân phải sơ tán đến trường tiểu học.",
)
FLOOD_AGAIN = (
    "Lũ tràn đê bao ở xã Bình An: ba trăm hộ dân sơ tán trong đêm",
    "Ba trăm hộ dân xã Bình An sơ tán đến trường tiểu học sau khi nước lũ tràn qua đê bao lúc rạng sáng.",
)
MATCH = (
    "Đội bóng huyện Tân Lập giành cúp sau loạt luân lưu",
    "Thủ môn đội Tân Lập cản hai quả luân lưu. Cổ động viên ăn mừng suốt đêm trên phố.",
)


async def store(
    database: Database,
    *told: tuple[str, str],
    key: str = "",
    at: dt.datetime = NOW,
    precision: Precision = "minute",
    source: str = "bao",
) -> None:
    """Store articles of (title, body)."""
    rows = [
        Incoming(
            key=key or title, external_id=title, url=None, source=source, topic=None, title=title, sapo="",
            body=body, published=Published(at, precision), text_hash=title + body, advertorial=False,
            place="thu",
        )
        for title, body in told
    ]  # fmt: skip
    async with database.write() as connection:
        await store_articles(connection, rows, now=at)


async def stored(database: Database) -> list[StoredArticle]:
    """Return every article, oldest first."""
    async with database.read() as connection:
        ids = list((await connection.execute(select(articles.c.id).order_by(articles.c.id))).scalars())
        return list((await find_articles(connection, ids)).values())


async def grouped(database: Database) -> list[int | None]:
    """Return each article's story."""
    return [article.story_id for article in await stored(database)]
