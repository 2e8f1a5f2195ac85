"""What a run of the tests left out: said on its last line, with the way to run it."""

from collections.abc import Iterable

import pytest
from _pytest.terminal import TerminalReporter

HOW_TO_RUN = {
    "needs Debian's chromium": "apt-get install chromium",
    "the step that makes /data gives it to another user": "run as root",
}
_LONG_RUNS = "the long fault runs (make faults)"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write the line; a worker process of a run on several has no terminal and writes none."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if isinstance(reporter, TerminalReporter) and not hasattr(config, "workerinput"):
        skipped = reporter.stats.get("skipped", [])
        reporter.write_line(
            left_out([reason_of(one) for one in skipped], str(config.getoption("markexpr")) == "not faults")
        )


def reason_of(report: pytest.TestReport) -> str:
    """Return why a test was skipped, in the words of its mark."""
    longrepr = report.longrepr
    return longrepr[2].removeprefix("Skipped: ") if isinstance(longrepr, tuple) else str(longrepr)


def left_out(reasons: Iterable[str], without_long_runs: bool) -> str:
    """Return the last line of a run.

    >>> left_out(["needs Debian's chromium"] * 2, True)
    "Not run: 2 tests: needs Debian's chromium (apt-get install chromium); the long fault runs (make faults)."
    >>> left_out([], False)
    'Nothing was left out.'
    """
    reasons = list(reasons)
    parts = [
        f"{reasons.count(reason)} tests: {reason}"
        + (f" ({HOW_TO_RUN[reason]})" if reason in HOW_TO_RUN else "")
        for reason in sorted(set(reasons))
    ]
    parts += [_LONG_RUNS] if without_long_runs else []
    return f"Not run: {'; '.join(parts)}." if parts else "Nothing was left out."
