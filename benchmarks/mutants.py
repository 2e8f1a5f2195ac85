"""Mutation runs over the modules that decide: changes that their tests do not notice. See `make mutants`.

cosmic-ray changes one thing at a time in a copy of the repository and runs the module's own tests, which
should fail. What survives is printed as a diff; docs/quality.md argues for each. The sample is drawn with a
seed, so that a run can be repeated exactly. Changes that are no changes of the program's decisions are left
out: types, `slots`, and a `*`, `**` or `/` that is no operator.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
COSMIC_RAY = ROOT / ".venv-mutants/bin"
DECIDES = {  # module: the tests that decide about it
    "bot/times/schedule.py": "tests/bot/times/test_schedule.py tests/bot/times/test_slot_plan.py",
    "bot/chat/rate_limits.py": "tests/bot/chat/test_rate_limits.py",
    "bot/chat/routes.py": "tests/bot/chat/test_access.py tests/bot/chat/operators/test_operators.py",
    "bot/chat/buttons/callbacks.py": "tests/bot/chat/buttons/test_callbacks.py"
    " tests/bot/chat/buttons/test_deep_links.py",
    "bot/fetching/dialling.py": "tests/bot/fetching/test_addresses.py tests/bot/fetching/test_dialling.py"
    " tests/bot/fetching/test_fetcher.py",
    "bot/telegram/outcomes.py": "tests/bot/telegram/test_outcomes.py",
    "bot/jobs/delivery/waits.py": "tests/bot/jobs/delivery/test_rests.py"
    " tests/bot/jobs/delivery/test_flood_watch.py tests/bot/jobs/delivery/test_delivery.py"
    " tests/bot/jobs/delivery/test_delivery_in_flight.py tests/bot/jobs/delivery/test_waits.py",
    "bot/messages/rendering.py": "tests/bot/messages/test_rendering.py"
    " tests/bot/messages/test_rendering_limits.py",
    "storage/identity.py": "tests/storage/test_identity.py tests/storage/test_article_addresses.py"
    " tests/storage/test_speakers.py",
    "storage/delivery/claiming.py": "tests/storage/delivery/test_conditions.py"
    " tests/storage/delivery/test_claims.py tests/storage/delivery/test_deliveries.py"
    " tests/storage/delivery/test_senders.py tests/storage/test_changes_of_mind.py",
    "storage/delivery/deliveries.py": "tests/storage/delivery/test_conditions.py"
    " tests/storage/delivery/test_deliveries.py tests/storage/delivery/test_claims.py"
    " tests/storage/delivery/test_senders.py tests/storage/delivery/test_months.py",
    "summarizer/digest.py": "tests/summarizer/test_digest.py tests/summarizer/test_preferences.py"
    " tests/summarizer/stories/test_differences.py",
}
_CONFIG = """[cosmic-ray]
module-path = "{module}"
timeout = {timeout}
excluded-modules = []
test-command = "{python} -m pytest -x -q -n 0 -p no:cacheprovider -m 'not faults' {module} {tests}"
[cosmic-ray.distributor]
name = "local"
"""
# Types are checked by mypy, not by tests: a mutated annotation says nothing. Nor does a dataclass's `slots`.
_NO_MUTANTS = ("core/ReplaceBinaryOperator_BitOr",)
_NO_LINES = ("@dataclass",)
# The nodes of parso in which a sign is an operator. In a signature, a call or a display `*`, `**` and `/` are
# none: nearly each change there is a syntax error, which every test notices.
_BINARY_NODES = ("arith_expr", "term", "power", "shift_expr", "and_expr", "xor_expr", "expr")
_SAMPLE = """
import random, sys
from functools import cache
from pathlib import Path
import parso
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import WorkerOutcome, WorkResult
@cache
def tree_of(path):
    return parso.parse(Path(path).read_text("utf-8"))
def says_nothing(mutation):
    leaf = tree_of(mutation.module_path).get_leaf_for_position(mutation.start_pos)
    if mutation.operator_name.startswith("core/ReplaceBinaryOperator") and leaf.parent.type not in {nodes!r}:
        return True
    line = leaf.get_root_node().get_code().splitlines()[mutation.start_pos[0] - 1]
    return mutation.operator_name.startswith({no!r}) or line.strip().startswith({lines!r})
with use_db(sys.argv[1]) as db:
    items = sorted(db.pending_work_items, key=lambda i: repr(i.mutations))  # they come in any order
    skip = [i for i in items if any(map(says_nothing, i.mutations))]
    rest = [i for i in items if i not in skip]
    random.Random(int(sys.argv[3])).shuffle(rest)
    for item in skip + rest[int(sys.argv[2]):]:
        db.set_result(item.job_id, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))
"""
# Only changes that were made count: cosmic-ray cannot make some that it lists (a dotted name after `except`).
_COUNT = """
import sys
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome
with use_db(sys.argv[1]) as db:
    done = [(i, r) for i, r in db.completed_work_items if r.worker_outcome == WorkerOutcome.NORMAL]
    left = [(i, r) for i, r in done if r.test_outcome == TestOutcome.SURVIVED]
    print(len(done), len(left), sum(r.output == "timeout" for _, r in done))
    for item, result in left:
        print(result.diff)
"""


def run(module: str, tests: str, most: int, seed: int) -> tuple[int, int]:
    """Mutate a module in a copy of the repository; print the survivors and return (mutants, survivors).

    A mutant may take five times as long as the tests took before, and half a minute more.

    Raises:
        CalledProcessError: the tests fail without a change too.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        subprocess.run(["git", "clone", "-q", "--shared", str(ROOT), str(copy)], check=True)
        config, session = copy / "mutants.toml", copy / "session.sqlite"
        settings = {"module": module, "tests": tests, "python": ROOT / ".venv/bin/python"}
        config.write_text(_CONFIG.format(**settings, timeout=600.0), "utf-8")
        began = time.monotonic()
        subprocess.run([COSMIC_RAY / "cosmic-ray", "baseline", config], cwd=copy, check=True)
        most_seconds = 30.0 + 5 * (time.monotonic() - began)
        config.write_text(_CONFIG.format(**settings, timeout=most_seconds), "utf-8")
        subprocess.run([COSMIC_RAY / "cosmic-ray", "init", config, session], cwd=copy, check=True)
        sample = _SAMPLE.format(no=_NO_MUTANTS, lines=_NO_LINES, nodes=_BINARY_NODES)
        subprocess.run(
            [COSMIC_RAY / "python", "-c", sample, session, str(most), str(seed)], cwd=copy, check=True
        )
        subprocess.run([COSMIC_RAY / "cosmic-ray", "exec", config, session], cwd=copy, check=True)
        found = subprocess.run(
            [COSMIC_RAY / "python", "-c", _COUNT, session], check=True, capture_output=True, text=True
        ).stdout
    first, _, diffs = found.partition("\n")
    mutants, survivors, late = map(int, first.split())
    print(f"{module}: {survivors} of {mutants} survive, {late} ran out of time\n{diffs}", flush=True)
    return mutants, survivors


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("modules", nargs="*", help="parts of the modules' names; default: all")
    arguments.add_argument("--most", type=int, default=40, help="mutants a module, drawn by chance")
    arguments.add_argument("--seed", type=int, default=13, help="another number draws other mutants")
    given = arguments.parse_args()
    chosen = {
        module: tests
        for module, tests in DECIDES.items()
        if not given.modules or any(part in module for part in given.modules)
    }
    counts = [run(module, tests, given.most, given.seed) for module, tests in chosen.items()]
    mutants, survivors = map(sum, zip(*counts, strict=True)) if counts else (0, 0)
    print(f"{survivors} of {mutants} mutants survive")
    sys.exit(0 if mutants else 2)


if __name__ == "__main__":
    main()
