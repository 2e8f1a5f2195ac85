"""Which bot a process is: two bots on one machine must never answer for each other's health."""

import hashlib
from dataclasses import dataclass

from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot's number at Telegram, and a fingerprint of its database: neither is a secret."""

    bot: str
    database: str


def identity_of(token: str, database: Database) -> Identity:
    """Return who works with `token` and `database`; without a token the number is empty."""
    fingerprint = hashlib.sha256(database.place.encode(errors="surrogateescape")).hexdigest()[:16]
    return Identity(token.partition(":")[0], fingerprint)
