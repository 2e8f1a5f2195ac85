"""The poller's transport: an update that the library cannot read costs no other.

The library reads the updates of a poll together. When one of them is beyond it, none is handled, and it asks
for the same ones again at once, for ever. Here such an update is cut down to its number: it is confirmed, and
nobody handles it. At the end the library confirms once more what it has; whatever comes of that is fine, as
an update that comes again is known by its number.
"""

import contextlib
import json
from functools import partial
from typing import Any

from telegram import Update
from telegram._utils.types import ODVInput
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

from bot.failures import contained
from bot.telegram.transport import AiohttpRequest

_NO_UPDATES = b'{"ok": true, "result": []}'


class PollingRequest(AiohttpRequest):
    """An `AiohttpRequest` for getUpdates alone; once `is_ending` no failure is told any more."""

    is_ending = False

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request and return status and body, all updates in it readable."""
        ask = partial(
            super().do_request, url, method, request_data,
            read_timeout, write_timeout, connect_timeout, pool_timeout,
        )  # fmt: skip
        if self.is_ending:
            with contextlib.suppress(NetworkError):
                await ask()
            return 200, _NO_UPDATES
        status, body = await ask()
        return status, _readable(body) if status == 200 else body


def _readable(body: bytes) -> bytes:
    try:
        answer: Any = json.loads(body)
    except ValueError:
        return body  # a gateway's page: the library says so
    found = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(found, list):
        return body
    readable = [readable_update(update) for update in found]
    return body if readable == found else json.dumps(answer | {"result": readable}).encode()


def readable_update(update: dict[str, Any]) -> dict[str, Any]:
    """Return the update as it came, or its bare number where the library cannot read it."""
    with contained("reading an update", update=update["update_id"]):
        Update.de_json(update, None)
        return update
    return {"update_id": update["update_id"]}
