"""Metrics for Prometheus, the server of `/metrics` and `/healthz`, and the logging of unexpected errors."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

from bot.process.listening import GuardedSite

JOB_SECONDS = Histogram("diemtin_job_seconds", "Time that a job's run took", ["job"])
JOB_FAILURES = Counter("diemtin_job_failures", "Job runs that ended in an error", ["job"])
DELIVERIES = Counter("diemtin_deliveries", "Deliveries by how they ended", ["outcome"])
ARTICLES = Counter("diemtin_articles", "Articles taken in, by what became of them", ["outcome"])
POLLS = Counter(
    "diemtin_polls", "Polls of web sources by how they ended: new, unchanged, or why not", ["outcome"]
)
PAGES = Counter(
    "diemtin_pages", "Pages behind leads: read, unreachable, or refused as not theirs", ["outcome"]
)
UPDATES_SET_ASIDE = Counter("diemtin_updates_set_aside", "Updates of Telegram that could not be read")
UPDATES_PASSED_OVER = Counter(
    "diemtin_updates_passed_over", "Updates not handled because their sender sent too many"
)
SHARED_UPDATES = Gauge(
    "diemtin_updates_waiting", "Updates that wait for one of the processes that answer chats"
)
INDEX_LAG = Gauge("diemtin_index_lag", "Changes of articles that the search index here does not have yet")
POLLER_RESTARTS = Counter("diemtin_poller_restarts", "How often polling ended by itself and began again")
WAITING_DELIVERIES = Gauge("diemtin_deliveries_waiting", "Deliveries that are not finished")
DUE_DELIVERIES = Gauge("diemtin_deliveries_due", "Deliveries that may go out now")
QUEUE_AGE_SECONDS = Gauge("diemtin_queue_age_seconds", "How long the oldest due delivery has waited")
UNKNOWN_DELIVERIES = Gauge("diemtin_deliveries_unknown", "Deliveries on record that may have arrived or not")
LATE_DELIVERIES = Gauge("diemtin_deliveries_late", "Of a day's deliveries, those sent 15 minutes late")
POSSIBLE_DOUBLES = Gauge("diemtin_deliveries_possible_doubles", "Of a day's deliveries, those tried twice")
GONE_DELIVERIES = Gauge("diemtin_deliveries_gone", "Of a day's deliveries, those refused or called off")
SENDING_RATE = Gauge("diemtin_sending_rate", "Messages sent a second, in the last minute")
SECONDS_TO_FINISH = Gauge("diemtin_seconds_to_finish", "Forecast: seconds until all that is due is sent")

Health = Callable[[], Awaitable[list[str]]]


async def serve_health(
    host: str,
    port: int,
    health: Health,
    who: Callable[[], dict[str, str]],
    beside: Mapping[str, web.Application] | None = None,
) -> web.AppRunner:
    """Serve `/healthz` and `/metrics`, and the applications `beside` them by path.

    `health` returns the problems of the bot, `who` says which bot it is.

    Raises:
        OSError: the port is taken or not allowed.
    """

    async def healthz(_: web.Request) -> web.Response:
        wrong = await health()
        return web.json_response({"ok": not wrong, "problems": wrong, **who()}, status=503 if wrong else 200)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/metrics", metrics)])
    for path, other in (beside or {}).items():
        application.add_subapp(path, other)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await GuardedSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner


@dataclass(frozen=True, slots=True)
class Listen:
    """Where `/healthz` and `/metrics` listen; the address of the console, None if it is not served."""

    host: str
    port: int
    console_url: str | None = None


_log = structlog.get_logger(__name__)


class log_errors:  # noqa: N801 - read as a statement: `with log_errors("slot"):`
    """Log and count an error of the block instead of raising it. `about` is added to the log line."""

    def __init__(self, job: str, **about: object) -> None:
        self._job = job
        self._about = about

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        JOB_FAILURES.labels(self._job).inc()
        _log.error("job failed", job=self._job, exc_info=error, **self._about)
        return True
