"""The map of `tests/faults/README.md` is whole: every row of the matrix, and every test it names is there."""

import re
from pathlib import Path

import pytest

from tests.test_bad_input_map import defined_in

MAP = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
ROWS = [line for line in MAP.splitlines() if re.match(r"\| C?\d\w* \|", line)]
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", MAP)))


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_a_test_of_the_fault_map_is_there(file: str, name: str) -> None:
    assert name in defined_in(file)


def test_every_fault_of_the_matrix_has_its_row_and_its_test() -> None:
    numbers = [row.split("|")[1].strip() for row in ROWS]
    assert numbers == [*map(str, range(1, 66)), *(f"C{number}" for number in range(1, 10))]
    assert [row for row in ROWS if "::test_" not in row] == []
