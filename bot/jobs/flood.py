"""Whether Telegram's "Too Many Requests" concerns one chat or the whole bot. Counts only; asks nobody.

Telegram does not say which. A refused chat is held by itself; then one delivery to another chat, the probe,
finds out about the rest. Only when the probe is refused too does the whole bot rest, as long as Telegram asks
but for a bounded time, after which the next probe finds out.
"""

from collections.abc import Collection

FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 60.0, 900.0


class FloodWatch:
    """What is known since the last delivery that Telegram did not refuse in this way."""

    def __init__(self) -> None:
        self._waits: dict[int, float] = {}  # by refused chat, in seconds
        self._probes: set[int] = set()  # chats
        self._rests = 0

    @property
    def is_probing(self) -> bool:
        """Tell whether only one delivery at a time may be taken up, to find out."""
        return bool(self._waits) or self._rests > 0

    def has_probe(self, in_flight: Collection[int]) -> bool:
        """Tell whether the delivery that finds out is among those to the chats `in_flight`."""
        return not self._probes.isdisjoint(in_flight)

    def resume(self) -> None:
        """Go on as an earlier process would: the whole bot rests, and then a probe finds out."""
        self._rests = max(1, self._rests)

    def begin(self, chat_id: int) -> None:
        """Note that a delivery to `chat_id` sets out; while probing it is the probe."""
        if self.is_probing:
            self._probes.add(chat_id)

    def refuse(self, chat_id: int, seconds: float) -> float:
        """Note that `chat_id` has to wait for `seconds`; return for how many seconds everybody has to."""
        is_proof = chat_id in self._probes and chat_id not in self._waits
        self._probes.discard(chat_id)
        self._waits[chat_id] = seconds
        if not is_proof:
            return 0.0
        self._rests += 1
        bound = min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2.0 ** min(self._rests - 1, 10))
        return min(bound, *self._waits.values())

    def end(self, chat_id: int) -> None:
        """Note that a delivery ended without any word about too many requests or their absence."""
        self._probes.discard(chat_id)

    def accept(self) -> bool:
        """Note that Telegram took a message: the bot as a whole may send. Return whether it rested before."""
        rested = self._rests > 0
        self._waits.clear()
        self._probes.clear()
        self._rests = 0
        return rested
