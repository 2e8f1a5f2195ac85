"""Addresses and paths in the newsroom file."""

from pathlib import Path

import pytest

from config.reading import parse_newsroom
from config.values import NewsroomError
from tests.config.test_newsroom_file import BASE, EDITION, parse


def test_an_address_is_polled_at_its_own_pace_and_a_path_is_a_file() -> None:
    head = '[[sources]]\nname = "bao"\ntitle = "Báo"\n'
    [polled] = parse(f'{head}feed = " https://bao.example/rss "\nevery_minutes = 60\n{EDITION}').sources
    assert (polled.feed, polled.every_minutes, polled.full_text) == ("https://bao.example/rss", 60, False)
    [file] = parse(f'{head}feed = "bao.xml"\n{EDITION}').sources
    assert file.feed == BASE / "bao.xml"
    [page] = parse(f'{head}page = "http://bao.example"\nallow_private = true\n{EDITION}').sources
    assert (page.page, page.allow_private, page.move_files) == ("http://bao.example", True, False)


def test_paths_start_at_the_folder_of_the_file() -> None:
    sources = '[[sources]]\nname = "{0}"\ntitle = "{0}"\ninbox = "{1}"\n'
    text = (
        EDITION + sources.format("a", "tin/vao") + sources.format("b", "/kho/tin") + sources.format("c", "~")
    )
    assert [source.inbox for source in parse(text).sources] == [
        BASE / "tin/vao",
        Path("/kho/tin"),
        Path.home(),
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("vnexpress.net/rss/tin-moi.rss", "https://vnexpress.net/rss/tin-moi.rss"),
        ("bao.com.vn", "https://bao.com.vn"),
        ("//bao.example/rss", "https://bao.example/rss"),
        ("https:/bao.example/rss", "https://bao.example/rss"),
        ("http:bao.example/rss", "https://bao.example/rss"),
    ],
)
def test_a_feed_without_its_scheme_is_no_file(written: str, meant: str) -> None:
    text = f'[[sources]]\nname = "a"\ntitle = "A"\nfeed = "{written}"\n{EDITION}'
    with pytest.raises(NewsroomError) as refused:
        parse(text)
    [problem] = refused.value.problems
    assert (problem.key, problem.line) == ("sources[0].feed", 4)
    assert f'"{meant}"' in problem.message


@pytest.mark.parametrize(
    "written", ["./vnexpress.net/rss.xml", "feeds/bao.xml", "bao.xml", "tin.cu.xml", "/a.vn/b"]
)
def test_a_feed_in_a_file_keeps_its_path(written: str) -> None:
    text = f'[[sources]]\nname = "a"\ntitle = "A"\nfeed = "{written}"\n{EDITION}'
    assert parse(text).sources[0].feed == BASE / written


def test_a_file_that_is_there_is_taken_for_one_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "bao.vn").write_text("<rss/>", encoding="utf-8")
    text = f'[[sources]]\nname = "a"\ntitle = "A"\nfeed = "bao.vn"\n{EDITION}'
    assert parse_newsroom(text, base=tmp_path).sources[0].feed == tmp_path / "bao.vn"
