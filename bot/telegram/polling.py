"""The poller's transport: updates are kept before the library reads them; an unreadable one costs no other.

The library reads the updates of a poll together. When one of them is beyond it, none is handled, and it asks
for the same ones again at once, for ever. So `keep` sees them first: it writes them down as they came, and
leaves only the number of one that cannot be read. That number is confirmed, and nobody handles it. At the end
the library confirms once more what it has; whatever comes of that is fine, as an update that comes again is
known by its number.
"""

import contextlib
import json
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from telegram._utils.types import ODVInput
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

from bot.operators import notices
from bot.telegram.transport import AiohttpRequest

Keep = Callable[[Iterable[object]], Awaitable[list[dict[str, Any]]]]
_NO_UPDATES = b'{"ok": true, "result": []}'


class PollingRequest(AiohttpRequest):
    """An `AiohttpRequest` for getUpdates alone; once `is_ending` no failure is told any more.

    `keep` writes updates down before the library reads them, and returns what it is to read.
    """

    is_ending = False

    def __init__(self, connections: int, keep: Keep) -> None:
        super().__init__(connections)
        self._keep = keep

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
        last_ok = self._last_ok
        status, body = await ask()
        found = _updates_of(body) if status == 200 else None
        if found is None:
            return status, body
        try:
            readable = await self._keep(found)
        except NetworkError:
            self.trouble = notices.UPDATES_NOT_KEPT
            self._last_ok = last_ok
            raise
        return status, json.dumps({"ok": True, "result": readable}).encode()


def _updates_of(body: bytes) -> list[object] | None:
    """Return the updates in an answer; None when it holds none, which the library then says."""
    try:
        answer: Any = json.loads(body)
    except ValueError:
        return None
    except RecursionError as error:
        raise NetworkError("an answer to getUpdates nests too deeply to be read") from error
    found = answer.get("result") if isinstance(answer, dict) else None
    return found if isinstance(found, list) and found else None
