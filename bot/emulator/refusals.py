"""Telegram's refusals in Telegram's own words: status, description and parameters for the client.

Code that finds a broken rule raises a refusal; `api` turns it into an HTTP answer.
"""

from typing import Any

OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


class Refusal(Exception):  # noqa: N818 - an answer of Telegram, not a failure of the emulator
    """An answer with `ok: false`: `code` is both the HTTP status and the `error_code`."""

    def __init__(self, code: int, description: str, parameters: dict[str, int] | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters or {}

    def as_json(self) -> dict[str, Any]:
        """Return the body of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str) -> Refusal:
    """Make a 400 whose description is `reason` behind Telegram's prefix."""
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refusal:
    """Make a 403: the bot may not write there, now or later."""
    return Refusal(403, f"Forbidden: {reason}")


def conflict(reason: str) -> Refusal:
    """Make a 409: another poller or a webhook has the updates."""
    return Refusal(409, f"Conflict: {reason}")


def unauthorized() -> Refusal:
    """Make the 401 of a revoked token."""
    return Refusal(401, "Unauthorized")


def not_found(reason: str = "") -> Refusal:
    """Make the 404 of a malformed token or an unknown method."""
    return Refusal(404, f"Not Found: {reason}" if reason else "Not Found")


def too_many_requests(seconds: int) -> Refusal:
    """Make a 429 that asks for a pause of `seconds`; with 0 it names no time."""
    if not seconds:
        return Refusal(429, "Too Many Requests")
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def upgraded(new_chat_id: int) -> Refusal:
    """Make the 400 of a group that has become the supergroup `new_chat_id`."""
    return Refusal(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": new_chat_id},
    )
