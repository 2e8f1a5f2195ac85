"""What is shipped: the wheel has all that the program reads, the repository nothing of where it was made."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "summarizer", "storage", "config")
NEEDED = {
    "bot/samples/articles.jsonl",
    "bot/messages/templates/digest_part.html",
    "bot/emulator/page/index.html",
    "config/newsroom_template.toml",
    "storage/migrations/script.py.mako",
    "storage/migrations/env.py",
    "storage/migrations/versions/0001_baseline.py",
    "summarizer/data/ranker.json",
    "summarizer/data/grouping.npz",
}
TRACES = {
    "a package registry": re.compile(
        r"\b(?:test\.)?py" r"pi\.(?:org|python)|files\.pythonhosted|index-url\s*[= ]\s*http"
    ),
    "a folder of one machine": re.compile(r"(?<![\w.])/(?:work|home|root|Users|mnt)/\w"),
    "a tool of the workplace": re.compile(r"\bissues show\b|\bfarm-\w+"),
}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel from the files of this checkout and return the names in it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def repository_files() -> list[str]:
    """Return the names of all files under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_the_wheel_holds_every_file_of_the_packages(shipped: set[str]) -> None:
    ours = {name for name in repository_files() if name.startswith(tuple(f"{one}/" for one in PACKAGES))}
    assert ours >= NEEDED
    assert sorted(ours - shipped) == []


def test_the_wheel_holds_nothing_else(shipped: set[str]) -> None:
    tops = {name.partition("/")[0] for name in shipped}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert [name for name in shipped if "test" in name or name.endswith((".pyc", ".db"))] == []


@pytest.mark.parametrize("trace", TRACES)
def test_no_file_tells_where_it_was_made(trace: str) -> None:
    found = []
    for name in repository_files():
        text = (ROOT / name).read_bytes().decode("utf-8", errors="replace")
        found += [f"{name}: {match[0]}" for match in TRACES[trace].finditer(text)]
    assert found == []
