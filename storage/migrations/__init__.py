"""Alembic migrations, run by `storage.upgrade` on a connection that it brings."""
