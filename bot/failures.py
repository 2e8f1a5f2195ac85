"""Where an unforeseen error of a job ends: logged with its traceback and counted. The rest goes on."""

from types import TracebackType

import structlog

from bot.metrics import JOB_FAILURES

_log = structlog.get_logger(__name__)


class contained:  # noqa: N801 - read as a statement: `with contained("slot"):`
    """Let an error of the block end here. `about` names in the log what was being worked on."""

    def __init__(self, job: str, **about: object) -> None:
        self._job = job
        self._about = about

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        """Log an error, and say that it ends here; to be cancelled, or to exit, is none."""
        if not isinstance(error, Exception):
            return False
        JOB_FAILURES.labels(self._job).inc()
        _log.error("job failed", job=self._job, exc_info=error, **self._about)
        return True
