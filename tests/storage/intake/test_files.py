"""Files, folders and streams: what is read, what is skipped, and what is refused by name."""

import datetime as dt
import io
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.intake.drafts import Incoming, Origin, Refusal, Taken
from storage.intake.files import MAX_FILE_BYTES, read_path, read_stream

_ARTICLE = "Mưa lớn ở Hạ Long\n\nNước sông dâng nhanh trong đêm, nhiều tuyến đường ven bờ ngập sâu nửa mét.\n"
_Read = Callable[[Path], list[Taken]]


@pytest.fixture
def read(now: dt.datetime) -> _Read:
    """Return a reader of paths."""
    return lambda path: list(read_path(path, Origin(), now=now))


def _places(taken: list[Taken], root: Path) -> list[str]:
    return [str(Path(one.place).relative_to(root)) for one in taken if isinstance(one, Incoming)]


def _refusals(taken: list[Taken]) -> dict[str, str]:
    return {Path(one.path).name: one.reason for one in taken if isinstance(one, Refusal)}


def test_a_file_is_read(read: _Read, tmp_path: Path) -> None:
    (tmp_path / "tin.txt").write_text(_ARTICLE)
    [taken] = read(tmp_path / "tin.txt")
    assert isinstance(taken, Incoming)
    assert taken.title == "Mưa lớn ở Hạ Long"
    assert taken.place == str(tmp_path / "tin.txt")


def test_a_folder_is_read_to_its_depths_in_order(read: _Read, tmp_path: Path) -> None:
    for name in ("c.txt", "b/z.txt", "b/a/1.txt", "a.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(_ARTICLE)
    assert _places(read(tmp_path), tmp_path) == ["a.txt", "b/a/1.txt", "b/z.txt", "c.txt"]


def test_hidden_and_temporary_files_are_passed_over(read: _Read, tmp_path: Path) -> None:
    for name in (".hidden", "a.txt~", "b.tmp", "c.part", "~$d.txt", ".git/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(_ARTICLE)
    assert read(tmp_path) == []


def test_one_bad_file_costs_no_other(read: _Read, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / "b.txt").write_bytes(os.urandom(2_000))
    (tmp_path / "c.txt").write_bytes(_ARTICLE.encode("utf-16-le"))
    (tmp_path / "d.html").write_text("<!doctype html><p>Mưa")
    (tmp_path / "e.txt").write_bytes(_ARTICLE.encode() * (MAX_FILE_BYTES // 100))
    (tmp_path / "f.txt").write_text(_ARTICLE)
    taken = read(tmp_path)
    assert _places(taken, tmp_path) == ["f.txt"]
    assert list(_refusals(taken)) == ["a.txt", "b.txt", "c.txt", "d.html", "e.txt"]
    assert _refusals(taken)["a.txt"] == "tệp rỗng"
    assert _refusals(taken)["e.txt"] == "tệp lớn hơn 5 MB"


def test_links_out_of_the_folder_are_refused(read: _Read, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text(_ARTICLE)
    inbox = tmp_path / "outsider"  # its name begins like the other's: a comparison of names would be fooled
    inbox.mkdir()
    (inbox / "file.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    (inbox / "folder").symlink_to(tmp_path / "outside")
    (inbox / "up.txt").symlink_to("../outside/secret.txt")
    taken = read(inbox)
    assert _refusals(taken) == dict.fromkeys(
        ("file.txt", "folder", "up.txt"), "liên kết trỏ ra ngoài thư mục"
    )
    assert len(taken) == 3


def test_links_within_the_folder_lead_in_no_circle(read: _Read, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "tin.txt").write_text(_ARTICLE)
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    (tmp_path / "b.txt").symlink_to(tmp_path / "a" / "tin.txt")
    (tmp_path / "c.txt").symlink_to(tmp_path / "c.txt")
    taken = read(tmp_path)
    assert _places(taken, tmp_path) == ["a/tin.txt", "b.txt"]
    assert list(_refusals(taken)) == ["c.txt"]


def test_a_link_given_by_name_is_followed(read: _Read, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "tin.txt").write_text(_ARTICLE)
    (tmp_path / "link").symlink_to(tmp_path / "inbox")
    assert _places(read(tmp_path / "link"), tmp_path) == ["link/tin.txt"]


def test_a_pipe_is_refused_and_not_waited_for(read: _Read, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert _refusals(read(tmp_path)) == {"pipe.txt": "không phải là một tệp thường"}


def test_what_is_not_there_is_refused_by_name(read: _Read, tmp_path: Path) -> None:
    assert _refusals(read(tmp_path / "none.txt")) == {"none.txt": "không có tệp hay thư mục này"}
    assert _refusals(read(tmp_path / "none.txt" / "x")) == {"x": "không có tệp hay thư mục này"}


def test_a_folder_that_vanishes_while_it_is_read_is_refused(tmp_path: Path, now: dt.datetime) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a.txt").write_text(_ARTICLE)
    (tmp_path / "c.txt").write_text(_ARTICLE)
    taken = read_path(tmp_path, Origin(), now=now)
    assert isinstance(next(taken), Incoming)
    (tmp_path / "b").rmdir()
    (tmp_path / "c.txt").unlink()
    assert _refusals(list(taken)) == dict.fromkeys(("b", "c.txt"), "không có tệp hay thư mục này")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(read: _Read, tmp_path: Path) -> None:
    (tmp_path / "tin.txt").write_text(_ARTICLE)
    (tmp_path / "tin.txt").chmod(stat.S_IWUSR)
    assert _refusals(read(tmp_path)) == {"tin.txt": "không có quyền đọc"}


def test_a_name_that_is_no_text_is_made_fit_to_be_shown(read: _Read, tmp_path: Path) -> None:
    name = os.fsdecode(b"tin\xff\n.txt")
    (tmp_path / name).write_text("")
    [refusal] = read(tmp_path)
    assert isinstance(refusal, Refusal)
    assert refusal.path == str(tmp_path / "tin\ufffd .txt")


def test_a_stream_is_read_as_a_file_is(now: dt.datetime) -> None:
    rows = '{"id": 1, "title": "Mưa lớn ở Hạ Long"}\n{"id": 2}\n'
    first, second = read_stream(io.BytesIO(rows.encode()), "-", Origin(source="A"), now=now)
    assert isinstance(first, Incoming)
    assert (first.place, first.source) == ("-:1", "A")
    assert second == Refusal("-:2", "không có tiêu đề và nội dung")


def test_rows_in_utf_16_are_read(now: dt.datetime) -> None:
    rows = '{"title": "Mưa lớn ở Hạ Long"}\n\n{"title": "Nắng đẹp ở Đà Nẵng"}'
    taken = list(read_stream(io.BytesIO(rows.encode("utf-16")), "-", Origin(), now=now))
    assert [one.place for one in taken if isinstance(one, Incoming)] == ["-:1", "-:3"]


class _Failing(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        raise OSError(5, "Input/output error")


def test_a_disk_that_fails_is_a_refusal(now: dt.datetime) -> None:
    [refusal] = read_stream(io.BufferedReader(_Failing()), "tin.txt", Origin(), now=now)
    assert refusal == Refusal("tin.txt", "không đọc được (lỗi hệ thống EIO)")


_FRAGMENTS = (
    '{"title":',
    '"body"',
    "}",
    "\n",
    "<?xml",
    "<html",
    "Mưa lớn",
    "\0",
    "\ufeff",
    "[",
    "06/11/2013",
    "Ảnh: ",
)


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from(_FRAGMENTS), max_size=12).map(lambda parts: "".join(parts).encode()),
    st.sampled_from(["tin.txt", "tin.jsonl", "-"]),
)
def test_no_bytes_raise(data: bytes, name: str) -> None:
    now = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
    for taken in read_stream(io.BytesIO(data), name, Origin(), now=now):
        assert taken.reason if isinstance(taken, Refusal) else taken.title
