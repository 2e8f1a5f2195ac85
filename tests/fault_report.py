"""What `make faults` tells: beforehand how long it takes, at the end a table of what was run and measured.

The tests give their figures with `record_property("figure", …)`.
"""

import pytest
from _pytest.terminal import TerminalReporter

MINUTES = 45  # on two cores

_OUTCOMES = ("passed", "failed", "error", "skipped")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Say how long it takes."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if _is_fault_run(session.config) and isinstance(reporter, TerminalReporter):
        reporter.write_line(f"The long fault runs: some {MINUTES} minutes on two cores.")


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    if not _is_fault_run(config):
        return
    rows = [
        (report.nodeid, outcome, report.duration, figures_of(report))
        for outcome in _OUTCOMES
        for report in terminalreporter.stats.get(outcome, [])
        if isinstance(report, pytest.TestReport)
    ]
    for line in table(rows):
        terminalreporter.write_line(line)


def _is_fault_run(config: pytest.Config) -> bool:
    return str(config.getoption("markexpr")) == "faults"


def figures_of(report: pytest.TestReport) -> str:
    """Return what a test measured, in its own words."""
    return "; ".join(str(value) for name, value in report.user_properties if name == "figure")


def table(rows: list[tuple[str, str, float, str]]) -> list[str]:
    """Return the lines of a table in Markdown, by file.

    >>> table([("tests/faults/test_rate.py::test_b[sqlite]", "passed", 7.25, "28/s")])[-1]
    '| faults/test_rate.py | b[sqlite] | passed | 7 s | 28/s |'
    """
    lines = ["", "| file | test | outcome | took | measured |", "|---|---|---|---|---|"]
    for nodeid, outcome, seconds, figures in sorted(rows):
        file, _, test = nodeid.partition("::")
        cells = (
            file.removeprefix("tests/"),
            test.removeprefix("test_"),
            outcome,
            f"{seconds:.0f} s",
            figures,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return lines
