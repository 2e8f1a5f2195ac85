"""Alembic migrations, run by `storage.upkeep.upgrade` on a connection that it brings."""
