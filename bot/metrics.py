"""What Prometheus may read, and whether the bot is well: `/metrics` and `/healthz` on a local port."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

JOB_SECONDS = Histogram("diemtin_job_seconds", "Time that a job's run took", ["job"])
JOB_FAILURES = Counter("diemtin_job_failures", "Job runs that ended in an error", ["job"])
DELIVERIES = Counter("diemtin_deliveries", "Deliveries by how they ended", ["outcome"])
ARTICLES = Counter("diemtin_articles", "Articles taken in, by what became of them", ["outcome"])
WAITING_DELIVERIES = Gauge("diemtin_deliveries_waiting", "Deliveries that are not finished")

Health = Callable[[], Awaitable[list[str]]]


async def serve_health(host: str, port: int, health: Health) -> web.AppRunner:
    """Listen on `host`:`port`; `health` names what is wrong, nothing when all is well."""

    async def healthz(_: web.Request) -> web.Response:
        wrong = await health()
        return web.json_response({"ok": not wrong, "problems": wrong}, status=503 if wrong else 200)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/metrics", metrics)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
