"""`diemtin sources` and `diemtin inbox`: how sources fare, lists of feeds in and out, files brought back."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from bot.commands.newsroom_writing import tables_for
from config.defaults import NewSource, starter_feeds
from config.newsroom import Source
from config.reading import parse_newsroom
from storage.engine import Database
from storage.sources import SourceState, save_source_state
from tests.hostile.texts import pumped
from tests.hostile.timing import find_growth

NOON = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)
WEB = """
# ghi chú của tôi
[[sources]]
name = "mang"
title = "Báo Mạng"
feed = "https://mang.example/rss"

[[sources]]
name = "moi"
title = "Báo Mới"
feed = "https://moi.example/rss"
"""
OPML = """<opml><body><outline text="Kinh tế"><outline text="Báo Mạng" xmlUrl="https://mang.example/rss"/>
<outline text="Báo &quot;Đồi&quot;\t" xmlUrl="https://doi.example/rss?a=1&amp;b='2'"/></outline>
<outline text="Báo Mạng" xmlUrl="https://khac.example/rss"/></body></opml>"""


@pytest.fixture
def newsroom(newsroom_folder: Path) -> Path:
    """The newsroom file, with two polled sources at its end."""
    file = newsroom_folder / "diemtin.toml"
    file.write_text(file.read_text(encoding="utf-8") + WEB, encoding="utf-8")
    return file


async def _save(url: str, state: SourceState) -> None:
    database = Database(url)
    async with database.write() as connection:
        await save_source_state(connection, state)
    await database.close()


def test_each_source_is_shown_with_what_is_wrong_and_what_to_do(
    run: Any, newsroom: Path, sqlite_url: str
) -> None:
    state = SourceState(
        "mang", "https://mang.example/rss", NOON, fetched_at=NOON, new_at=NOON, items=12, failures=4,
        trouble="missing", detail="HTTP 404", moved_to="https://nha-moi.example/rss",
    )  # fmt: skip
    asyncio.run(_save(sqlite_url, state))
    result = run("sources", "--json").json
    assert [(row["name"], row["status"]) for row in result] == [
        ("bao-bien", "ok"),
        ("mang", "broken"),
        ("moi", "waiting"),
    ]
    assert result[1]["error"] == "không có trang này (HTTP 404)"
    assert (result[1]["items"], result[1]["last_new"]) == (12, "2026-11-20T12:00:00+07:00")
    plain = run("sources").out
    assert plain == run("sources", "list").out
    assert "✗ mang  Báo Mạng · không có trang này (HTTP 404); tìm địa chỉ RSS mới" in plain
    assert "đã chuyển sang https://nha-moi.example/rss" in plain
    assert "· moi  Báo Mới · chưa hỏi lần nào" in plain


def test_opml_becomes_tables_for_what_is_not_declared_yet(run: Any, newsroom: Path) -> None:
    (newsroom.parent / "feeds.opml").write_text(OPML, encoding="utf-8")
    before = newsroom.read_text(encoding="utf-8")
    result = run("sources", "import", "feeds.opml")
    assert (result.code, newsroom.read_text(encoding="utf-8")) == (0, before)
    added = parse_newsroom(before + result.out, base=Path()).sources[3:]
    assert [_short(source) for source in added] == [
        ("bao-doi", 'Báo "Đồi"', "https://doi.example/rss?a=1&b='2'", "kinh-te"),
        ("bao-mang", "Báo Mạng", "https://khac.example/rss", None),
    ]


def _short(source: Source) -> tuple[str, str, str, str | None]:
    return source.name, source.title, str(source.feed), source.topic


def test_a_list_of_thousands_of_feeds_takes_time_in_proportion(newsroom: Path) -> None:
    """Of feeds with one title, each needs another number behind its name."""
    declared = parse_newsroom(newsroom.read_text(encoding="utf-8"), base=newsroom.parent)

    def make_tables(titles: str) -> object:
        feeds = enumerate(titles.splitlines())
        return tables_for([NewSource(title, title, f"http://a.example/{n}") for n, title in feeds], declared)

    assert find_growth(make_tables, pumped("", "Báo\n"), 65_536) is None
    names = [table.splitlines()[1] for table in make_tables("Báo\n" * 3)]  # type: ignore[attr-defined] # a list
    assert names == ['name = "bao"', 'name = "bao-2"', 'name = "bao-3"']


def test_tables_are_added_at_the_end_and_nothing_else_changes(run: Any, newsroom: Path) -> None:
    (newsroom.parent / "feeds.opml").write_text(OPML, encoding="utf-8")
    newsroom.chmod(0o640)
    before = newsroom.read_text(encoding="utf-8")
    for _ in range(2):
        assert run("sources", "import", "feeds.opml", "--append").code == 0
    after = newsroom.read_text(encoding="utf-8")
    assert after.startswith(before.rstrip())
    assert after.count("[[sources]]") == 5
    assert newsroom.stat().st_mode & 0o777 == 0o640
    assert run("check").code == 0


def test_a_newsroom_file_that_cannot_take_tables_stays_as_it_is(run: Any, newsroom: Path) -> None:
    (newsroom.parent / "feeds.opml").write_text(OPML, encoding="utf-8")
    text = 'sources = []\n[[editions]]\nname = "sang"\ntitle = "Tin sáng"\ntimes = ["06:30"]\n'
    newsroom.write_text(text, encoding="utf-8")
    result = run("sources", "import", "feeds.opml", "--append")
    assert (result.code, newsroom.read_text(encoding="utf-8")) == (1, text)
    assert "✗" in result.err


@pytest.mark.parametrize("content", [None, b"", b"<html/>", b"<opml>" * 10, b"<opml>" + b" " * 5_100_000])
def test_a_file_that_is_no_opml_is_refused_in_one_line(
    run: Any, newsroom: Path, content: bytes | None
) -> None:
    if content is not None:
        (newsroom.parent / "feeds.opml").write_bytes(content)
    result = run("sources", "import", "feeds.opml")
    assert (result.code, result.out, result.err.count("\n")) == (1, "", 1)


def test_what_is_exported_is_imported_again(run: Any, newsroom: Path) -> None:
    (newsroom.parent / "ra.opml").write_text(run("sources", "export").out, encoding="utf-8")
    result = run("sources", "import", "ra.opml")
    assert "2 nguồn đã có" in result.err
    assert result.out == ""


def test_the_starter_list_is_valid_and_chosen_by_paper_and_topic(run: Any, newsroom: Path) -> None:
    sport = run("sources", "starter", "the-thao")
    assert 'topic = "the-thao"' in sport.out
    assert 'topic = "kinh-te"' not in sport.out
    assert run("sources", "starter", "vnexpress").out.count("[[sources]]") == 10
    assert run("sources", "starter", "khong-co").code == 2
    assert run("sources", "starter", "--append").code == 0
    assert run("check").code == 0
    assert newsroom.read_text(encoding="utf-8").count("[[sources]]") == 3 + len(starter_feeds())


def test_names_and_addresses_of_the_starter_list_are_its_own() -> None:
    feeds = starter_feeds()
    assert len({feed.name for feed in feeds}) == len({feed.url for feed in feeds}) == len(feeds) > 50
    assert all(feed.url.startswith("https://") for feed in feeds)


def test_quarantined_files_go_back_where_they_came_from(run: Any, newsroom: Path) -> None:
    text = newsroom.read_text(encoding="utf-8").replace('inbox = "tin"', 'inbox = "tin"\nmove_files = true')
    newsroom.write_text(text, encoding="utf-8")
    kept = newsroom.parent / "tin" / "quarantine"
    kept.mkdir()
    (kept / "a.txt").write_text("x", encoding="utf-8")
    (kept / "a.txt.reason.txt").write_text("hỏng", encoding="utf-8")
    result = run("inbox", "retry", "bao-bien")
    assert "✓ Đã đưa 1 tệp về hộp thư" in result.out
    left = sorted(path.name for path in (newsroom.parent / "tin").rglob("*"))
    assert left == ["a.txt", "quarantine"]
    assert "Không có tệp nào bị giữ" in run("inbox", "retry").out


def test_an_inbox_that_keeps_its_files_has_nothing_to_bring_back(run: Any, newsroom: Path) -> None:
    result = run("inbox", "retry")
    assert result.code == 2
    assert "move_files" in result.err


def test_init_makes_the_inbox_that_it_names(run: Any, newsroom_folder: Path) -> None:
    run("init", "moi/diemtin.toml")
    (newsroom_folder / "moi").mkdir()
    assert run("init", "moi/diemtin.toml").code == 0
    assert (newsroom_folder / "moi" / "tin-vao").is_dir()


def test_check_says_where_files_cannot_be_moved(
    run: Any, newsroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = newsroom.read_text(encoding="utf-8").replace('inbox = "tin"', 'inbox = "tin"\nmove_files = true')
    newsroom.write_text(text, encoding="utf-8")
    assert "không ghi được" not in run("check").out
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "tệp đọc xong sẽ để nguyên chỗ" in run("check").out
