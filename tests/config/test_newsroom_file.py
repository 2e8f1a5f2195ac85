"""Newsroom files, good and bad. `broken_newsroom.toml` says on each line what is wrong with it."""

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.summarizing import Ranker
from config.newsroom import General, Newsroom
from config.reading import MAX_BYTES, TEMPLATE, content_hash, load_newsroom, parse_newsroom
from config.values import NewsroomError, Problem, check_report
from summarizer.extraction.ranking import RANKERS

BASE = Path("/srv/toa-soan")
BROKEN = Path(__file__).with_name("broken_newsroom.toml").read_text(encoding="utf-8")
EDITION = '[[editions]]\nname = "sang"\ntitle = "Tin sáng"\ntimes = ["06:30"]\n'


def parse(text: str) -> Newsroom:
    return parse_newsroom(text, base=BASE)


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(NewsroomError) as refusal:
        parse(text)
    return refusal.value.problems


@pytest.fixture
def newsroom_file(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "diemtin.toml"
        path.write_bytes(content)
        return path

    return write


def test_the_template_is_valid_as_it_stands() -> None:
    newsroom = parse(TEMPLATE)
    morning, evening = newsroom.editions
    assert (morning.name, morning.times, morning.default) == ("sang", (dt.time(6, 45),), True)
    assert (evening.name, evening.times, evening.default) == ("toi", (dt.time(18, 30),), False)
    assert newsroom.sources[0].inbox == BASE / "tin-vao"


def test_every_key_that_the_template_leaves_out_as_a_comment_is_valid_too() -> None:
    uncommented = re.sub(r"^# (?=\[|[a-z_]+ = )", "", TEMPLATE, flags=re.MULTILINE)
    uncommented = uncommented.replace('topics = ["thoi-su", "kinh-te"]', 'topics = ["nong-nghiep"]')
    uncommented = uncommented.replace('topic = "kinh-te"', 'topic = "nong-nghiep"')
    newsroom = parse(uncommented)
    assert newsroom.sources[1].feed == BASE / "feeds/bao-mau.xml"
    assert newsroom.topics[0].aliases == ("nông thôn", "thủy sản")
    assert newsroom.editions[1].topics == ("nong-nghiep",)
    assert newsroom.health is not None


def test_the_template_shows_the_defaults() -> None:
    newsroom, bare = parse(TEMPLATE), parse(EDITION)
    assert (newsroom.general, newsroom.limits) == (bare.general, bare.limits)
    assert newsroom.topics == bare.topics
    listed = TEMPLATE.replace("\n# ", " ")
    assert all(topic.name in listed for topic in bare.topics)


def test_an_edition_alone_is_a_newsroom() -> None:
    newsroom = parse(EDITION)
    edition = newsroom.default_edition
    assert (edition.zone, edition.days, edition.topics) == ("Asia/Ho_Chi_Minh", frozenset(range(7)), ())
    assert (edition.reading_minutes, edition.max_age_hours) == (3, 48)
    assert (newsroom.general.keep_days, newsroom.general.late_window_minutes) == (90, 120)
    assert (newsroom.limits.questions_per_10_seconds, newsroom.limits.questions_per_hour) == (5, 60)
    assert newsroom.health is None
    assert len(newsroom.topics) == 10


def test_sources_and_editions_follow_the_general_values_unless_they_have_their_own() -> None:
    general = '[newsroom]\nzone = "Europe/Berlin"\nreading_minutes = 5\nmax_age_hours = 12\n'
    own = EDITION.replace("sang", "toi") + 'zone = "Asia/Tokyo"\nreading_minutes = 1\nmax_age_hours = 24\n'
    source = '[[sources]]\nname = "gio"\ntitle = "Báo Gió"\ninbox = "tin"\n'
    newsroom = parse(general + EDITION + own + source)
    following, different = newsroom.editions
    assert (following.zone, following.reading_minutes, following.max_age_hours) == ("Europe/Berlin", 5, 12)
    assert (different.zone, different.reading_minutes, different.max_age_hours) == ("Asia/Tokyo", 1, 24)
    assert newsroom.sources[0].zone == "Europe/Berlin"


def test_the_marked_edition_is_the_default_wherever_it_stands() -> None:
    newsroom = parse(EDITION + EDITION.replace("sang", "toi") + "default = true\n")
    assert newsroom.default_edition.name == "toi"


def test_days_count_from_monday() -> None:
    assert parse(EDITION + 'days = ["T2", "CN"]\n').editions[0].days == {0, 6}


def test_all_problems_are_told_at_once_each_with_its_line_and_how_to_mend_it() -> None:
    expected = [
        (number, *told.strip().partition(": ")[::2])
        for number, line in enumerate(BROKEN.splitlines(), start=1)
        for told in line.split("#!")[1:]
        if number > 1
    ]
    found = problems_of(BROKEN)
    assert {(problem.line, problem.key) for problem in found} == {(line, key) for line, key, _ in expected}
    for line, key, part in expected:
        assert any(
            (problem.line, problem.key) == (line, key) and part in problem.message for problem in found
        ), f"line {line}: {key}: no {part!r} in {[each.message for each in found if each.key == key]}"
    assert list(found) == sorted(found, key=lambda problem: problem.line or 0)


@pytest.mark.parametrize(
    "line", [line for line in BROKEN.splitlines()[1:] if "#!" not in line and "=" in line]
)
def test_the_broken_file_s_other_lines_are_not_complained_about(line: str) -> None:
    number = BROKEN.splitlines().index(line) + 1
    assert all(problem.line != number for problem in problems_of(BROKEN))


@pytest.mark.parametrize("table", ["newsroom", "health", "limits", "breaking", "feeds", "sending"])
def test_an_unknown_key_is_named_in_every_table(table: str) -> None:
    found = problems_of(f"{EDITION}[{table}]\nfoo = 1\n")
    assert [problem for problem in found if problem.key == f"{table}.foo" and "khóa «foo»" in problem.message]


@pytest.mark.parametrize("text", ["", "\n# chưa viết gì\n", "[newsroom]\n", "editions = []\n"])
def test_a_file_without_an_edition_is_pointed_to_init(text: str) -> None:
    (problem,) = problems_of(text)
    assert problem.key == "editions"
    assert "diemtin init" in problem.message


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        (EDITION + "zone = Asia/Ho_Chi_Minh\n", 5, "ngoặc kép"),
        (EDITION + 'zone = "Asia/Ho_Chi_Minh\n', 5, "ngoặc kép đóng"),
        (EDITION + 'days = ["T2", "T3"', 5, "thiếu dấu ]"),
        (EDITION + 'title = "Lần nữa"\n', 5, "đã ghi ở trên"),
        (EDITION + "tên = 1\n", 5, "không dấu"),
        (EDITION + "zone\n", 5, "thiếu dấu ="),
        (EDITION + "[newsroom\n", 5, "thiếu dấu ]"),
        (EDITION + "[limits]\n[limits]\n", 6, "đã khai báo ở trên"),
        (EDITION + "limits = {questions_per_hour = 1, questions_per_hour = 2}", 5, "hãy bỏ bớt một"),
        (EDITION + 'zone = "D:\\vao"', 5, "\\\\"),
        (EDITION + "reading_minutes = " + "9" * 5000, 5, "quá dài"),
        (EDITION + "x = \0", 5, "TOML"),
        ("x = " + "[" * 3000, None, "quá sâu"),
    ],
)
def test_a_slip_of_syntax_is_told_in_vietnamese_with_its_line(text: str, line: int, part: str) -> None:
    (problem,) = problems_of(text)
    assert problem.line == line
    assert part in problem.message


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("editions = 3\n", "editions"),
        ("[editions]\nname = 'sang'\n", "editions"),
        ("editions = [1]\n", "editions[0]"),
        (EDITION + "[[limits]]\n", "limits"),
        ("limits = 1\n" + EDITION, "limits"),
    ],
)
def test_a_table_of_the_wrong_kind_is_told_how_to_be_written(text: str, key: str) -> None:
    (problem,) = problems_of(text)
    assert (problem.key, problem.line) == (key, 5 if key == "limits" and "[[limits" in text else 1)
    assert "[" in problem.message


def test_the_report_has_the_keys_of_check_and_is_json() -> None:
    report = check_report(problems_of(EDITION.replace("06:30", "24:00")))
    assert json.loads(json.dumps(report)) == {
        "ok": False,
        "errors": [{"key": "editions[0].times[0]", "line": 4, "message": problems_of(
            EDITION.replace("06:30", "24:00"))[0].message}],
    }  # fmt: skip
    assert check_report([]) == {"ok": True, "errors": []}


def test_a_problem_reads_as_one_line() -> None:
    assert str(Problem("newsroom.zone", 3, "sai")) == "dòng 3: newsroom.zone: sai"
    assert str(Problem("", None, "không có tệp")) == "không có tệp"


def test_a_file_is_read_with_its_folder_as_base(newsroom_file: Callable[[bytes], Path]) -> None:
    path = newsroom_file(b"\xef\xbb\xbf" + TEMPLATE.replace("\n", "\r\n").encode())
    assert load_newsroom(path).sources[0].inbox == path.parent / "tin-vao"


@pytest.mark.parametrize(
    ("content", "line", "part"),
    [
        (EDITION.encode() + b"# t\xeal\n", 5, "UTF-8"),
        (EDITION.encode("utf-16"), 1, "UTF-8"),
        (b"# x\n" * (MAX_BYTES // 4 + 1), None, "1 MB"),
        (b"\xff" * (10 * MAX_BYTES), None, "1 MB"),
        (bytes(range(32)), 1, "TOML"),
    ],
)
def test_a_file_that_is_no_newsroom_file_is_refused(
    newsroom_file: Callable[[bytes], Path], content: bytes, line: int | None, part: str
) -> None:
    with pytest.raises(NewsroomError) as refusal:
        load_newsroom(newsroom_file(content))
    (problem,) = refusal.value.problems
    assert problem.line == line
    assert part in problem.message


def test_a_text_too_long_for_a_file_is_refused() -> None:
    (problem,) = problems_of(EDITION + "#" * MAX_BYTES)
    assert "1 MB" in problem.message


def test_a_missing_file_is_pointed_to_init_and_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(NewsroomError, match="diemtin init"):
        load_newsroom(tmp_path / "diemtin.toml")
    with pytest.raises(NewsroomError, match="không đọc được"):
        load_newsroom(tmp_path)


def test_the_content_hash_follows_the_content_and_not_the_time(
    newsroom_file: Callable[[bytes], Path],
) -> None:
    first = content_hash(newsroom_file(b"a = 1"))
    assert content_hash(newsroom_file(b"a = 1")) == first
    path = newsroom_file(b"a = 2")
    assert content_hash(path) not in ("", first)
    path.unlink()
    assert content_hash(path) == ""


@given(st.text(max_size=200) | st.text('[]{}=."#\n aeditons', max_size=60))
def test_any_text_is_a_newsroom_or_has_problems(text: str) -> None:
    """No other exception may come out, for the file may be half saved when the bot looks at it."""
    assert problems_of(text)


@given(st.integers(0, len(BROKEN)), st.integers(0, 40))
def test_a_file_cut_or_with_a_hole_never_breaks_the_reader(start: int, length: int) -> None:
    assert problems_of(BROKEN[:start] + BROKEN[start + length :])
    assert problems_of(BROKEN[:start] + "\0" + BROKEN[start:])


def test_every_ranker_that_may_be_declared_is_there() -> None:
    declared = set(get_args(General.model_fields["ranker"].annotation))
    assert declared == set(get_args(Ranker)) == set(RANKERS)
