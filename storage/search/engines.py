"""Which engine answers for a connection."""

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.search import postgres, sqlite
from storage.search.model import Engine
from storage.statements import is_postgres


def engine_of(connection: AsyncConnection) -> Engine:
    """Return the full-text side of the database behind `connection`."""
    return postgres if is_postgres(connection) else sqlite
