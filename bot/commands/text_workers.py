"""The options `--workers` and `--dask` of `ingest` and `reprocess`; `diemtin reprocess`."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

import typer

from bot.commands.preparing import open_services, run, settings_or_exit
from bot.commands.terminal import Json, fail, put, put_json, say
from bot.jobs.intake.renewing import reprocess as reprocess_all
from bot.text_work.text_pool import TextPool
from bot.text_work.worker import ClusterError, Texts, TextWorker, TextWorkError

_MOST_WORKERS = 64
_SHOWN_EACH = 10_000
Workers = Annotated[
    int,
    typer.Option(
        "--workers", metavar="N", min=0, max=_MOST_WORKERS, help="Số tiến trình xử lý chữ trên máy này."
    ),
]
Dask = Annotated[
    str, typer.Option("--dask", metavar="ADDRESS", help="Xử lý chữ trên cụm Dask, ví dụ tcp://10.0.0.5:8786.")
]


@dataclass(frozen=True, slots=True)
class TextWorkers:
    """Where language work is done: in `workers` processes here, on a Dask cluster, or in one process."""

    workers: int = 0
    dask: str = ""

    @property
    def are_parallel(self) -> bool:
        """Tell whether articles are also parsed there and not in this process."""
        return bool(self.workers or self.dask)


def text_workers_or_exit(workers: int, dask: str) -> TextWorkers:
    if workers and dask:
        fail("✗ Chỉ dùng một trong hai: --workers (máy này) hoặc --dask (cụm máy).", 2)
    return TextWorkers(workers, dask)


@asynccontextmanager
async def open_texts(chosen: TextWorkers) -> AsyncIterator[Texts]:
    """Open what does the language work; if it fails, the command ends with one line."""
    try:
        if chosen.dask:
            async with _cluster(chosen.dask) as cluster:
                yield cluster
        elif chosen.workers:
            async with aclosing(TextPool(chosen.workers)) as pool:
                yield pool
        else:
            async with aclosing(TextWorker()) as worker:
                yield worker
    except ClusterError as error:
        fail(f"✗ {error} Phần đã lưu vẫn còn; chạy lại lệnh để làm tiếp.")
    except TextWorkError as error:
        fail(f"✗ Bộ xử lý văn bản không chạy được ({error}). Phần đã lưu vẫn còn; chạy lại lệnh để làm tiếp.")


@asynccontextmanager
async def _cluster(address: str) -> AsyncIterator[Texts]:
    try:
        from bot.text_work.cluster import cluster_texts
    except ImportError:
        fail("✗ --dask cần gói distributed; hãy cài: pip install 'diemtin[scale]'", 2)
    async with cluster_texts(address, say) as texts:
        yield texts


def shown_by_thousands(what: str) -> Callable[[int], None]:
    """Return a callback that counts articles and writes a line for each ten thousand."""
    count = 0

    def show(more: int) -> None:
        nonlocal count
        before, count = count, count + more
        if count // _SHOWN_EACH > before // _SHOWN_EACH:
            say(f"{what} {count} bài")

    return show


def reprocess(workers: Workers = 0, dask: Dask = "", json: Json = False) -> None:
    """Summarise and classify every stored article again."""
    count = run(_reprocess(text_workers_or_exit(workers, dask)))
    if json:
        put_json({"articles": count})
    else:
        put(f"✓ Đã tóm tắt và phân loại lại {count} bài; các chuyện giữ nguyên.")


async def _reprocess(chosen: TextWorkers) -> int:
    async with open_services(settings_or_exit()) as services, open_texts(chosen) as texts:
        return await reprocess_all(
            services.database, services.clock, texts, services.newsroom.ranker,
            services.newsroom.topic_rules, shown_by_thousands("Đã xử lý lại"),
        )  # fmt: skip
