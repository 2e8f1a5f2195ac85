"""One identity for an article whatever its headline and door: keys of addresses are made anew.

The rule stands here as it was then (see `storage.identity` for today's). An article whose new key
another one holds already becomes `was:ID:KEY`; `storage.upkeep.upgrade` makes one article of both.
"""

import re
from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from alembic import op

from storage.times import UtcTime

revision = "0030"
down_revision = "0022"
branch_labels = None
depends_on = None

_BATCH = 500
_ARTICLES = sa.table("articles", sa.column("id"), sa.column("key"))
_KEY = re.compile(r"(?P<head>(?:from:.*?:)?url:)(?P<authority>[^/?]*)(?P<path>[^?]*)(?:\?(?P<query>.*))?")
_NUMBERED = re.compile(
    r"[-_](?P<letters>[a-z]{0,4})(?P<number>\d{7,20})(?:-tong-thuat)?(?:\.[a-z]{2,5})?$",
    re.ASCII | re.IGNORECASE,
)
_AMP_ENDING = re.compile(r"(?P<before>\.\w{2,5})?\.amp(?P<after>\.\w{2,5})?$", re.ASCII)


def upgrade() -> None:
    """Add the changed headlines; renew the keys, a batch at a time."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "headline_changes",
        sa.Column("article_id", row_id, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.Column("told_at", UtcTime()),
        sa.PrimaryKeyConstraint("article_id", "version"),
    )
    is_untold = sa.text("told_at IS NULL")
    op.create_index(
        "headline_changes_untold",
        "headline_changes",
        ["changed_at"],
        sqlite_where=is_untold,
        postgresql_where=is_untold,
    )
    connection = op.get_bind()
    for batch in _batches(connection):
        _renew(connection, batch)


def _batches(connection: sa.Connection) -> Iterator[dict[int, str]]:
    """Yield the articles whose key changes, with the new one."""
    a, last = _ARTICLES.c, 0
    while True:
        query = sa.select(a.id, a.key).where(a.id > last).order_by(a.id).limit(_BATCH)
        rows = connection.execute(query).all()
        if not rows:
            return
        last = rows[-1].id
        yield {row.id: key for row in rows if (key := renewed_key(row.key)) != row.key}


def _renew(connection: sa.Connection, batch: dict[int, str]) -> None:
    if not batch:
        return
    a = _ARTICLES.c
    taken = set(connection.execute(sa.select(a.key).where(a.key.in_(set(batch.values())))).scalars())
    values = []
    for article_id, key in batch.items():
        values.append({"article": article_id, "new": f"was:{article_id}:{key}" if key in taken else key})
        taken.add(key)
    renewal = sa.update(_ARTICLES).where(a.id == sa.bindparam("article")).values(key=sa.bindparam("new"))
    connection.execute(renewal, values)


def renewed_key(key: str) -> str:
    """Return the key that replaces `key`; the same where it was made of no address.

    >>> renewed_key("url:m.bao.example/cau-moi-5999301.html")
    'url:bao.example#5999301'
    """
    found = _KEY.fullmatch(key)
    if found is None:
        return key
    return found["head"] + _address(found["authority"], found["path"], found["query"] or "")


def _address(authority: str, path: str, query: str) -> str:
    for door in ("www.", "m.", "mobile.", "amp."):
        rest = authority.removeprefix(door)
        authority = rest if "." in rest else authority
    path = _without_amp(path)
    fields = [field for field in query.split("&") if field.partition("=")[0].lower() != "amp"]
    if number := _number(path):
        kept = "&".join(field for field in fields if any(map(str.isdigit, field)))
        return f"{authority}#{number}" + (f"?{kept}" if kept else "")
    kept = "&".join(fields)
    return f"{authority}{path}" + (f"?{kept}" if kept else "")


def _without_amp(path: str) -> str:
    if path.lower().startswith("/amp/"):
        path = path[4:]
    if path.lower().endswith("/amp"):
        path = path[:-4].rstrip("/") or "/"
    ending = _AMP_ENDING.search(path)
    if ending is None:
        return path
    return path[: ending.start()] + (ending["after"] or ending["before"] or ".html")


def _number(path: str) -> str | None:
    slug = path.rpartition("/")[2]
    found = _NUMBERED.search(slug)
    if found is None or not any(map(str.isalpha, slug[: found.start()])):
        return None
    digits = found["number"]
    return None if digits.endswith("00000") or _is_date(digits) else found["letters"].lower() + digits


def _is_date(digits: str) -> bool:
    count = len(digits)
    if count == 7:
        return _is_day(digits[3:], digits[1:3], digits[0])
    if count == 8:
        return (
            _is_day(digits[:4], digits[4:6], digits[6:])
            or _is_day(digits[4:], digits[2:4], digits[:2])
            or (_is_year(digits[:4]) and _is_year(digits[4:]))
        )
    if count in (10, 12):
        is_clock = int(digits[8:10]) < 24 and int(digits[10:] or 0) < 60
        return is_clock and _is_day(digits[:4], digits[4:6], digits[6:8])
    return False


def _is_year(digits: str) -> bool:
    return 1990 <= int(digits) <= 2099


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return _is_year(year)
