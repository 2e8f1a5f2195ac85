"""`summarize` and `stories`: JSONL in and out, in order, a row at a time, whatever the rows hold."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands.summarizing import rows

BODY = "Nước lũ ở hạ lưu sông Trà đang rút chậm. Người dân dọn bùn từ sáng sớm. Đường ven sông đã thông."
ROW = {"id": 1, "title": "Lũ rút", "body": BODY, "lạ": {"khóa": None}}


def test_a_text_is_summarised_without_its_title(run: Any) -> None:
    result = run("summarize", stdin=f"Lũ rút\n{BODY}\n".encode())
    sentences = result.out.splitlines()
    assert result.code == 0
    assert sentences
    assert all(sentence in BODY for sentence in sentences)


def test_dash_file_and_no_path_read_the_same(run: Any, newsroom_folder: Path, jsonl: Any) -> None:
    data = jsonl(ROW)
    (newsroom_folder / "bai.jsonl").write_bytes(data)
    result = [
        run("summarize", "--jsonl", stdin=data),
        run("summarize", "-", "--jsonl", stdin=data),
        run("summarize", "bai.jsonl", "--jsonl"),
    ]
    assert result[0].code == 0
    assert result[0] == result[1] == result[2]


def test_rows_keep_their_order_and_a_bad_one_gets_an_error(run: Any, jsonl: Any) -> None:
    data = jsonl(ROW) + b"{sai\n\n" + jsonl({"id": "x", "title": "", "body": []}, ROW | {"id": 9})
    result = run("summarize", "--jsonl", stdin=data)
    assert result.code == 1
    assert [row["id"] for row in result.rows] == [1, None, "x", 9]
    assert [sorted(row) for row in result.rows] == [
        ["id", "places", "summary"],
        ["error", "id"],
        ["error", "id"],
        ["id", "places", "summary"],
    ]


def test_every_sentence_stands_at_its_place(run: Any, jsonl: Any) -> None:
    body = ["Nước lũ ở hạ lưu đang rút chậm.", "Người dân dọn bùn từ sáng sớm."]
    (row,) = run("summarize", "--jsonl", stdin=jsonl(ROW | {"body": body})).rows
    assert row["summary"]
    for sentence, (document, field, start, end) in zip(row["summary"], row["places"], strict=True):
        assert (document, field) == (0, "body")
        assert "\n".join(body)[start:end] == sentence


def test_the_number_of_sentences_is_kept(run: Any, jsonl: Any) -> None:
    (row,) = run("summarize", "--jsonl", "--sentences", "2", stdin=jsonl(ROW)).rows
    assert len(row["summary"]) == 2


def test_a_sentence_that_would_pass_the_syllables_is_left_out(run: Any, jsonl: Any) -> None:
    (row,) = run("summarize", "--jsonl", "--max-syllables", "12", stdin=jsonl(ROW)).rows
    assert 0 < sum(len(sentence.split()) for sentence in row["summary"]) <= 12


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "không có tiêu đề và nội dung"),
        (b"\xff\xfe\x00nh\x9f", "không phải văn bản UTF-8"),
        (b"x" * 20_000_001, "lớn hơn 20 MB"),
    ],
    ids=["empty", "binary", "huge"],
)
def test_what_is_no_text_is_refused(run: Any, data: bytes, told: str) -> None:
    answer = run("summarize", stdin=data)
    assert (answer.code, answer.out) == (1, "")
    assert told in answer.err


@pytest.mark.parametrize("command", ["summarize", "summarize --jsonl", "stories --jsonl", "search --queries"])
@pytest.mark.parametrize(("path", "told"), [("khong-co", "không có tệp này"), (".", "đây là thư mục")])
def test_a_path_that_is_no_file_is_named(run: Any, command: str, path: str, told: str) -> None:
    answer = run(*command.split(), path)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(f"✗ {path}: {told}")


HOSTILE = {
    "binary": b"\x00\xff\xfe\x93",
    "not an object": b"[1, 2]",
    "no number": b'{"id": 1, "q": "a", "title": "a", "x": NaN}',
    "beyond every number": b'{"id": 1, "q": "a", "title": "a", "x": 1e999}',
    "deep": b"[" * 50_000,
    "deep but whole": b'{"q":' * 400 + b"1" + b"}" * 400,
    "long number": b'{"id": ' + b"9" * 5_000 + b"}",
}


@pytest.mark.parametrize("command", ["summarize --jsonl", "stories --jsonl", "search --queries -"])
@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_line_spoils_no_other(run: Any, command: str, line: bytes, jsonl: Any) -> None:
    good = jsonl(ROW | {"q": "lũ"})
    result = run(*command.split(), stdin=good + line + b"\n" + good)
    assert result.code == 1
    assert ["error" in row for row in result.rows] == [False, True, False]


def test_half_a_surrogate_pair_is_answered_as_it_came(run: Any) -> None:
    result = run("search", "--queries", "-", stdin=b'{"q": "l\\ud83d", "id": "\\ud83d"}\n')
    assert result.code == 0
    assert result.rows == [{"q": "l\ud83d", "id": "\ud83d", "ids": []}]


def test_a_line_past_the_limit_is_one_bad_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("bot.commands.summarizing._LONGEST_LINE", 10)
    file = tmp_path / "rows"
    file.write_bytes(
        b'{"a": 1}\n' + b'"' + b"x" * 35 + b'"\n' + b"12345678\n" + b"123456789\n" + b"1234567890"
    )
    with file.open("rb") as stream:
        assert list(rows(stream)) == [{"a": 1}, None, 12345678, 123456789, None]


def test_a_byte_order_mark_is_no_part_of_the_first_row(run: Any, jsonl: Any) -> None:
    assert run("summarize", "--jsonl", stdin=b"\xef\xbb\xbf" + jsonl(ROW)).code == 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_read_as_rows_that_can_be_written(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "rows"
    file.write_bytes(data)
    with file.open("rb") as stream:
        found = list(rows(stream))
    assert len(found) <= data.count(b"\n") + 1
    json.dumps(found, allow_nan=False)


def test_articles_on_one_event_share_a_story(run: Any, jsonl: Any) -> None:
    lead = "Cháy lớn tại chợ Cồn Sậy, hai mươi sạp hàng bị thiêu rụi trong đêm, không ai bị thương."
    articles = [
        {"id": "a", "title": "Cháy chợ Cồn Sậy, 20 sạp hàng bị thiêu rụi", "sapo": lead, "body": lead},
        {
            "id": 2,
            "title": "Giá lúa hè thu tăng nhẹ",
            "body": "Giá lúa tại ruộng tăng nhẹ so với tuần trước.",
        },
        {
            "id": "c",
            "title": "Chợ Cồn Sậy cháy lớn trong đêm",
            "sapo": lead,
            "body": [lead],
            "published": "?",
        },
    ]
    result = run("stories", "--jsonl", stdin=jsonl(*articles))
    assert result.code == 0
    assert result.rows == [{"id": "a", "story": 1}, {"id": 2, "story": 2}, {"id": "c", "story": 1}]


def test_summarize_starts_without_telegram_and_the_database() -> None:
    script = (
        "import sys; from bot.cli import app; HEAVY = 'telegram sqlalchemy alembic aiohttp'.split()\n"
        "try: app(['summarize', '--jsonl', '-'])\n"
        "except SystemExit: print([m for m in HEAVY if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(ROW), capture_output=True, text=True
    )
    assert ran.stderr == ""
    assert ran.stdout.splitlines()[-1] == "[]"


def test_each_answer_is_out_before_the_next_row_is_in() -> None:
    command = [sys.executable, "-m", "bot", "summarize", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as talk:
        assert talk.stdin is not None
        assert talk.stdout is not None
        for number in range(3):
            talk.stdin.write(json.dumps(ROW | {"id": number}) + "\n")
            talk.stdin.flush()
            assert json.loads(talk.stdout.readline())["id"] == number
        talk.stdin.close()
        assert talk.wait() == 0


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_closed_pipe_and_a_poor_locale_are_no_errors(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text((json.dumps(ROW) + "\n") * 400, encoding="utf-8")
    command = f"PYTHONIOENCODING={encoding} {sys.executable} -m bot summarize --jsonl {file} | head -n 1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, encoding="utf-8")
    assert json.loads(ran.stdout)["summary"][0] in BODY
    assert ran.stderr == ""
