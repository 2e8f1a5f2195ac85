"""How much one chat may ask in a while. Pure: the moments come in, the memory is bounded."""

import datetime as dt
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_CHATS = 10_000  # the chat that has been silent longest is forgotten first


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` within any `window`."""

    count: int
    window: dt.timedelta


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to answer; `wait` is set once, on the refusal that is told: how long until asking helps."""

    is_admitted: bool
    wait: dt.timedelta | None = None


@dataclass(slots=True)
class _Memory:
    moments: deque[dt.datetime] = field(default_factory=deque)  # of what was admitted, oldest first
    is_told: bool = False


class Guard:
    """Counts what each chat was admitted with; what was refused does not count."""

    def __init__(self, most_chats: int = MOST_CHATS) -> None:
        self._most_chats = most_chats
        self._chats: OrderedDict[int, _Memory] = OrderedDict()

    def __len__(self) -> int:
        return len(self._chats)

    def admit(self, chat_id: int, limits: Sequence[Limit], now: dt.datetime) -> Verdict:
        """Decide whether the chat may ask at `now`, under all `limits`."""
        memory = self._remember(chat_id)
        _forget(memory.moments, now, max(limit.window for limit in limits))
        free_at = max(_free_at(memory.moments, limit, now) for limit in limits)
        if free_at <= now:
            memory.moments.append(now)
            memory.is_told = False
            return Verdict(is_admitted=True)
        if memory.is_told:
            return Verdict(is_admitted=False)
        memory.is_told = True
        return Verdict(is_admitted=False, wait=free_at - now)

    def _remember(self, chat_id: int) -> _Memory:
        memory = self._chats.setdefault(chat_id, _Memory())
        self._chats.move_to_end(chat_id)
        if len(self._chats) > self._most_chats:
            self._chats.popitem(last=False)
        return memory


def _forget(moments: deque[dt.datetime], now: dt.datetime, window: dt.timedelta) -> None:
    while moments and moments[-1] > now:  # the machine's clock was set back
        moments.pop()
    while moments and moments[0] <= now - window:
        moments.popleft()


def _free_at(moments: deque[dt.datetime], limit: Limit, now: dt.datetime) -> dt.datetime:
    """Return the first moment from `now` on at which one more keeps within `limit`."""
    if len(moments) < limit.count:
        return now
    return max(now, moments[-limit.count] + limit.window)
