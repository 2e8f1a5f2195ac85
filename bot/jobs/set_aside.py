"""What text was set aside because it ended the text process: the reason in words, and the word to admins."""

import datetime as dt
from collections.abc import Callable

import structlog

from bot.desk import Desk
from bot.jobs.slots import Tell
from bot.operators import notices
from bot.text_work.worker import Failure

_BETWEEN_NOTICES = dt.timedelta(hours=1)
_MOST_KEPT = 1_000
BOT_DIED = "bot dừng đột ngột mỗi lần xử lý bài này"
_REASONS = {
    "time": "xử lý quá lâu, đã dừng",
    "memory": "cần quá nhiều bộ nhớ để xử lý",
    "crash": "làm bộ xử lý văn bản dừng đột ngột",
    "error": "gặp lỗi không lường trước khi xử lý; hãy xem nhật ký",
}
NameSetAside = Callable[[str, str, str], None]  # source, title, reason
_log = structlog.get_logger(__name__)


def reason_of(failure: Failure) -> str:
    """Say in Vietnamese why a text has no result."""
    return _REASONS[failure.reason]


def name_nobody(source: str, title: str, reason: str) -> None:
    """Leave it at what the database keeps."""


class SetAside:
    """Names each text set aside to the admins once, at most one message an hour."""

    def __init__(self, desk: Desk, tell_admins: Tell) -> None:
        self._desk = desk
        self._tell_admins = tell_admins
        self._untold: list[tuple[str, str, str]] = []
        self._told_at: dt.datetime | None = None

    def add(self, source: str, title: str, reason: str) -> None:
        """Note a text of the source named `source`; `title` says which, in one line."""
        _log.error("text set aside", source=source, title=title, reason=reason)
        if len(self._untold) < _MOST_KEPT:
            self._untold.append((source, title, reason))

    async def tell(self) -> None:
        """Tell the admins what was set aside since the last time, if that is an hour ago."""
        now = self._desk.clock.now()
        if not self._untold or (self._told_at and now - self._told_at < _BETWEEN_NOTICES):
            return
        untold, self._untold, self._told_at = self._untold, [], now
        named = [(notices.say_origin(s, self._desk.newsroom), title, reason) for s, title, reason in untold]
        await self._tell_admins(notices.texts_set_aside(named))
