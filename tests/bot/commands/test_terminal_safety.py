"""Nothing from outside steers the terminal, and nothing that looks like a secret is repeated on it."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.commands.terminal import put, put_json, say
from bot.process.logs import configure_logging
from tests.bot.process.test_logs import _logging_as_it_was

__all__ = ["_logging_as_it_was"]  # a fixture

STEERING = "\x1b]0;bị lừa\x07\x9b2J\u202e\u2066\r\x7f\u2028"
OBEYED = [letter for letter in STEERING if not letter.isprintable()]
HARMLESS = "Bão số 3\tvào bờ\ncảnh báo 👨‍👩‍👧 café"
SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"  # noqa: S105 - nobody's
TOKEN = f"123456789:{SECRET}"
PASSWORD = "matkhau-bi-mat"  # noqa: S105 - nobody's
ADDRESS = f"postgresql://diemtin:{PASSWORD}@db.example/diemtin"


def steers(text: str) -> list[str]:
    """Return the characters of `text` that a terminal would obey."""
    return [letter for letter in OBEYED if letter in text]


def test_what_comes_from_outside_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    put(f"tiêu đề {STEERING}")
    say(f"tệp {STEERING}")
    shown = capsys.readouterr()
    assert steers(shown.out + shown.err) == []
    assert r"\x1b]0;bị lừa\x07" in shown.out
    assert r"\x1b]0;bị lừa\x07" in shown.err


def test_json_keeps_its_value_and_steers_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    put_json({"title": STEERING + HARMLESS})
    written = capsys.readouterr().out
    assert steers(written) == []
    assert json.loads(written) == {"title": STEERING + HARMLESS}


def test_ordinary_text_is_left_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    put(HARMLESS)
    assert capsys.readouterr().out == HARMLESS + "\n"


@pytest.mark.parametrize("as_json", [False, True])
def test_no_log_line_steers_the_terminal_or_pretends_to_be_another(
    as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("INFO", json=as_json)
    structlog.get_logger("bot.test").warning("file", path=STEERING, listed=[STEERING], told={"a": STEERING})
    logging.getLogger("some.library").warning("title %s\n2026-01-01 [error] forged", STEERING)
    try:
        raise ValueError(STEERING)
    except ValueError:
        structlog.get_logger("bot.test").exception("failed")
    log = capsys.readouterr().err
    assert steers(log) == []
    assert [line for line in log.splitlines() if line.startswith("2026-01-01 [error]")] == []
    assert "ValueError" in log


def test_a_file_whose_name_steers_is_refused_without_obeying_it(run: Any, newsroom_folder: Path) -> None:
    name = "tin\x1b[2J\x1b]0;x\x07.jsonl"
    (newsroom_folder / name).write_text("{\n", encoding="utf-8")
    result, as_json, stats = run("ingest", name), run("ingest", name, "--json"), run("stats")
    for ran in (result, as_json, stats):
        assert steers(ran.out + ran.err) == []
    assert r"tin\x1b[2J" in result.out + result.err
    assert as_json.json["rejected"][0]["path"].startswith(name)


def test_a_feeds_title_that_steers_is_shown(run: Any, newsroom_folder: Path) -> None:
    row = {"id": "x-1", "title": "Bão \u202e\x9bvào bờ", "body": "Bão số ba vào bờ sáng nay, mưa rất to."}
    (newsroom_folder / "tin.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    run("ingest", "tin.jsonl")
    for ran in (run("search", "bão"), run("show", "x-1"), run("search", "bão", "--json")):
        assert steers(ran.out + ran.err) == []


@pytest.mark.parametrize("value", [TOKEN, ADDRESS, f"./{TOKEN}.toml"])
@pytest.mark.parametrize(
    "command", [["check"], ["check", "--json"], ["doctor"], ["schedule"], ["init"], ["run"]]
)
def test_a_secret_put_into_the_wrong_variable_is_not_repeated(
    run: Any, monkeypatch: pytest.MonkeyPatch, command: list[str], value: str
) -> None:
    monkeypatch.setenv("DIEMTIN_CONFIG", value)
    result = run(*command)
    assert result.code != 0
    assert SECRET not in result.out + result.err
    assert PASSWORD not in result.out + result.err
    assert "DIEMTIN_CONFIG" in result.out + result.err


@pytest.mark.parametrize("value", [TOKEN, ADDRESS])
@pytest.mark.parametrize("command", ["init", "ingest", "backup", "restore", "show", "summarize", "khong-co"])
def test_a_secret_given_as_an_argument_is_not_repeated(run: Any, command: str, value: str) -> None:
    result = run(*([value] if command == "khong-co" else [command, value]))
    assert SECRET not in result.err
    assert PASSWORD not in result.err


def test_a_secret_in_the_newsroom_file_is_not_repeated(run: Any, newsroom_folder: Path) -> None:
    file = newsroom_folder / "diemtin.toml"
    file.write_text(
        f'[[sources]]\nname = "{TOKEN}"\nfeed = "https://u:{PASSWORD}@x.example/"\n', encoding="utf-8"
    )
    for ran in (run("check"), run("check", "--json"), run("doctor")):
        assert SECRET not in ran.out + ran.err
        assert PASSWORD not in ran.out + ran.err
