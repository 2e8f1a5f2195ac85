"""Each mistake in a newsroom file is named with its line; no command starts with such a file."""

from pathlib import Path
from typing import Any

import pytest

EDITION = '[[editions]]\nname = "sang"\ntitle = "Bản tin sáng"\ntimes = ["06:45"]\n'
SLIPS: dict[str, tuple[str, str, int, str]] = {  # content, key, line, a part of the mend
    "unknown key": (EDITION + "tile = 1\n", "editions[0].tile", 5, "ý bạn là «title»?"),
    "unknown table": (EDITION + "[newsrom]\n", "newsrom", 5, "ý bạn là «newsroom»?"),
    "24:00": (EDITION.replace("06:45", "24:00"), "editions[0].times[0]", 4, 'ví dụ "06:30"'),
    "7h": (EDITION.replace("06:45", "7h"), "editions[0].times[0]", 4, 'ví dụ "06:30"'),
    "25h61": (EDITION.replace("06:45", "25h61"), "editions[0].times[0]", 4, 'ví dụ "06:30"'),
    "-1:00": (EDITION.replace("06:45", "-1:00"), "editions[0].times[0]", 4, 'ví dụ "06:30"'),
    "Mars/X": (EDITION + 'zone = "Mars/X"\n', "editions[0].zone", 5, "ví dụ Asia/Ho_Chi_Minh"),
    "a path as zone": (EDITION + 'zone = "../etc/passwd"\n', "editions[0].zone", 5, "Asia/Ho_Chi_Minh"),
    "GMT+7": (EDITION + 'zone = "GMT+7"\n', "editions[0].zone", 5, "ví dụ Asia/Ho_Chi_Minh"),
    "one name twice": (EDITION * 2, "editions[1].name", 6, "hãy đặt tên khác"),
    "one key twice": (EDITION + 'name = "toi"\n', "", 5, "hãy bỏ bớt một"),
    "cut in a list": (EDITION[:-3], "", 4, "ngoặc kép"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_check_names_key_line_and_mend(run: Any, newsroom_folder: Path, slip: str) -> None:
    content, key, line, mend = SLIPS[slip]
    (newsroom_folder / "diemtin.toml").write_text(content, encoding="utf-8")
    result = run("check", "--json")
    assert (result.code, result.err, result.json["ok"]) == (1, "", False)
    [error] = result.json["errors"]
    assert (error["key"], error["line"]) == (key, line)
    assert mend in error["message"]


@pytest.mark.parametrize("command", ["run", "ingest tin", "digest", "schedule"])
@pytest.mark.parametrize("slip", ["unknown key", "24:00", "Mars/X", "one name twice", "cut in a list"])
def test_no_command_begins_on_it_and_the_database_is_not_touched(
    run: Any, newsroom_folder: Path, monkeypatch: pytest.MonkeyPatch, slip: str, command: str
) -> None:
    content, key, line, mend = SLIPS[slip]
    (newsroom_folder / "diemtin.toml").write_text(content, encoding="utf-8")
    monkeypatch.setenv("DIEMTIN_BOT_TOKEN", "1000000001:thu")
    monkeypatch.setenv("DIEMTIN_DATABASE_URL", "sqlite:///moi.db")
    result = run(*command.split())
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"✗ diemtin.toml: dòng {line}: {key}")
    assert mend in result.err
    assert "Traceback" not in result.err
    assert not (newsroom_folder / "moi.db").exists()
