"""The newsroom file is replaced whole or not at all, and nobody's save is lost."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.values import NewsroomError
from config.writing import FileChangedError, fingerprint, read_file, replace_file


def save_by_renaming(path: Path, content: bytes) -> None:
    """Save as most editors do."""
    beside = path.with_suffix(".swp")
    beside.write_bytes(content)
    beside.replace(path)


def save_in_place(path: Path, content: bytes) -> None:
    """Save as simple editors do."""
    path.write_bytes(content)


@pytest.mark.parametrize("save", [save_by_renaming, save_in_place])
def test_what_an_editor_saves_meanwhile_is_never_lost_in_100_races(
    tmp_path: Path, save: Callable[[Path, bytes], None]
) -> None:
    path = tmp_path / "diemtin.toml"
    refused = 0
    with ThreadPoolExecutor(1) as pool:
        for number in range(100):
            base, edited = f"gốc {number}".encode() * 50, f"của biên tập {number}".encode() * 50
            path.write_bytes(base)
            at_once = threading.Barrier(2)

            def edit(content: bytes = edited, at_once: threading.Barrier = at_once) -> None:
                at_once.wait()
                save(path, content)

            saving = pool.submit(edit)
            at_once.wait()
            try:
                replace_file(path, b"cua bang dieu khien", expected=fingerprint(base))
            except FileChangedError:
                refused += 1
            saving.result()
            assert path.read_bytes() == edited
    assert refused, "no race was run"
    assert {each.name for each in tmp_path.iterdir()} == {"diemtin.toml"}


def test_of_operators_at_the_same_time_none_undoes_the_other(tmp_path: Path) -> None:
    path = tmp_path / "diemtin.toml"
    path.write_bytes(b"")

    def add(number: int) -> None:
        while True:
            base = read_file(path)
            try:
                replace_file(path, base + b"%d\n" % number, expected=fingerprint(base))
            except FileChangedError:
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(100)))
    assert sorted(map(int, path.read_text().split())) == list(range(100))


def test_rights_and_links_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "that.toml", tmp_path / "diemtin.toml"
    real.write_bytes(b"a")
    real.chmod(0o640)
    link.symlink_to(real)
    replace_file(link, b"b", expected=fingerprint(b"a"))
    assert link.is_symlink()
    assert (real.read_bytes(), real.stat().st_mode & 0o777) == (b"b", 0o640)


@pytest.mark.parametrize("wrong", ["gone", "read-only", "a folder", "too long"])
def test_a_file_that_cannot_be_written_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    path = tmp_path / "diemtin.toml"
    if wrong == "a folder":
        path.mkdir()
    elif wrong != "gone":
        path.write_bytes(b"a" * (1_000_001 if wrong == "too long" else 1))
    if wrong == "read-only":  # root may write whatever the rights say
        monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(NewsroomError):
        replace_file(path, b"b", expected=fingerprint(b"a"))
    assert path.is_dir() or not path.exists() or path.read_bytes()[:1] == b"a"


def test_a_disk_that_cannot_exchange_files_replaces_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "diemtin.toml"
    path.write_bytes(b"a")

    def cannot(*_: Path) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr("config.writing._exchange", cannot)
    replace_file(path, b"b", expected=fingerprint(b"a"))
    assert path.read_bytes() == b"b"
    assert len(list(tmp_path.iterdir())) == 1
