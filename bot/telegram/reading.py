"""Read updates as they came: what the library can make of one, and whose it is."""

import json
from typing import Any, TypeGuard

import structlog
from telegram import Update

_log = structlog.get_logger(__name__)


def has_number(raw: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether `raw` is an object with the number of an update."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63


def why_unreadable(raw: dict[str, Any]) -> str | None:
    """Say for operators why the library cannot read an update, without its words; None when it can."""
    number = raw["update_id"]
    try:
        update = Update.de_json(raw, None)
        chat_of(update)
    except Exception as error:  # noqa: BLE001 - one update of a stranger: whatever is odd about it ends here
        failure = f"{', '.join(key for key in raw if key != 'update_id')[:80]}: {type(error).__name__}"
        _log.error("an update cannot be read and is set aside", update=number, failure=failure)
        return failure
    return None


def bare(raw: dict[str, Any]) -> dict[str, Any]:
    """Return what is confirmed to Telegram of an update that nobody handles."""
    return {"update_id": raw["update_id"]}


def parsed(payload: str) -> dict[str, Any] | None:
    """Return the update that a row holds, None where it holds none."""
    try:
        found: object = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return found if has_number(found) else None


def chat_of(update: object) -> int:
    """Return the number of the chat, or of the person, in whose turn an update is handled; 0 for neither."""
    if not isinstance(update, Update):
        return 0
    whose = update.effective_chat or update.effective_user
    return whose.id if whose else 0
