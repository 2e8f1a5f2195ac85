"""Questions in deep links, behind `t.me/bot?start=`: at most 64 letters, digits, `-` and `_`. Pure."""

import base64
import binascii
import re

_PREFIX = "q-"
_MOST_BYTES = 46  # of the words: base64 makes 62 characters of them
_PAYLOAD = re.compile(rf"{_PREFIX}([A-Za-z0-9_-]{{1,62}})")


def write_payload(words: str) -> str:
    """Return the payload that asks `words`, cut after a letter where they are too long.

    >>> write_payload("giá xăng")
    'q-Z2nDoSB4xINuZw'
    """
    head = words.encode("utf-8", "ignore")[:_MOST_BYTES].decode("utf-8", "ignore")
    return _PREFIX + base64.urlsafe_b64encode(head.encode()).decode().rstrip("=")


def read_payload(payload: str) -> str | None:
    """Return the words that a payload asks, or None when it is none that `write_payload` writes.

    >>> read_payload("q-Z2nDoSB4xINuZw"), read_payload("ban-be")
    ('giá xăng', None)
    """
    found = _PAYLOAD.fullmatch(payload)
    if found is None:
        return None
    try:
        words = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return words if words.strip() and write_payload(words) == payload else None
