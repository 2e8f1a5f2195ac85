"""`docs/bad-input.md` names a test for each bad input: each test is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAP = (ROOT / "docs" / "bad-input.md").read_text(encoding="utf-8")
ROWS = [line for line in MAP.splitlines() if line.startswith("| ") and not line.startswith("| input ")]
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", MAP)))


@cache
def defined_in(file: str) -> frozenset[str]:
    """Return the names of the tests that a file defines."""
    path = ROOT / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_a_test_that_the_map_names_is_there(file: str, name: str) -> None:
    assert name in defined_in(file)


def test_every_row_of_the_map_names_what_proves_it() -> None:
    assert ROWS
    assert [row for row in ROWS if not re.search(r"\| `tests/[\w/]+\.py::\w+`", row)] == []
