"""The container's recipe: it copies all that the program needs, and its steps run in an empty folder."""

import fnmatch
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLACES = ("/opt/diemtin", "/src", "/data")  # the folders that the steps name


def steps(dockerfile: str) -> list[tuple[str, str]]:
    """Return the instructions in order: name and arguments, lines joined."""
    lines = [line for line in dockerfile.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines()) if name]


def script(dockerfile: str, root: Path) -> str:
    """Write the build as a shell script that works below `root` instead of `/`."""
    written, is_first_stage = ["set -eu", f"mkdir -p {root}/src {root}/opt", f"cd {root}/src"], True
    for name, rest in steps(dockerfile):
        if name == "FROM":
            is_first_stage = len(written) == 3
        elif name == "COPY" and is_first_stage:
            *sources, target = shlex.split(rest)
            written += [f"cp -r {ROOT / source} {target}" for source in sources]
        elif name == "RUN":
            for place in PLACES:
                rest = rest.replace(place, f"{root}{place}")
            written.append(rest)
    return "\n".join(written)


def test_every_package_and_file_that_the_build_needs_is_copied_and_none_is_ignored() -> None:
    copied = {
        source
        for name, rest in steps((ROOT / "Dockerfile").read_text())
        if name == "COPY" and "--from" not in rest
        for source in shlex.split(rest)[:-1]
    }
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert copied >= {"bot", "config", "storage", "summarizer", "pyproject.toml", "requirements.lock"}
    assert all((ROOT / source).exists() for source in copied)
    assert {source for source in copied if not any(fnmatch.fnmatch(source, name) for name in kept)} == set()


def test_the_container_does_not_run_as_root_and_says_how_it_fares() -> None:
    found = dict(steps((ROOT / "Dockerfile").read_text()))
    assert found["USER"].split(":")[0] not in ("0", "root")
    assert '"diemtin", "health"' in found["HEALTHCHECK"]


def test_the_composed_bot_has_limits_and_no_rights_beyond_its_folder() -> None:
    bot = (ROOT / "compose.yaml").read_text("utf-8").partition("\n  postgres:\n")[0]
    wanted = ("init: true", "read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "mem_limit: ")
    assert [
        words for words in (*wanted, "pids_limit: ", '["CMD", "diemtin", "health"]') if words not in bot
    ] == []


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.skipif(os.geteuid() != 0, reason="the step that makes /data gives it to another user")
def test_the_steps_run_in_an_empty_folder_and_make_a_working_program(tmp_path: Path) -> None:
    build = script((ROOT / "Dockerfile").read_text(), tmp_path)
    subprocess.run(["sh", "-c", build], check=True, capture_output=True, text=True)
    program = tmp_path / "opt/diemtin/bin/diemtin"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIEMTIN_")}
    told = subprocess.run(
        [program, "demo", "--once"],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert "Báo" in told.stdout
    assert not (tmp_path / "opt/diemtin/bin/pytest").exists(), "nothing of the tests is in the image"
