"""Imports go one way: bot → storage → summarizer; `config` is read where the application is put together.

Below the top the same holds for folders: of two siblings only one imports the other.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("bot", "storage", "summarizer", "config")
MAY_IMPORT = {
    "summarizer": {"summarizer"},
    "storage": {"storage", "summarizer"},
    "config": {"config"},
    "bot": {"bot", "storage", "summarizer"},
}
READS_CONFIG = ("bot/startup/assembly.py", "bot/commands/")
PURE = {  # `io` for bytes in memory, `importlib` for packaged data, `urllib` for taking addresses apart
    *(
        "__future__",
        "abc",
        "bisect",
        "calendar",
        "collections",
        "contextlib",
        "dataclasses",
        "datetime",
        "difflib",
        "enum",
    ),
    *("functools", "hashlib", "heapq", "html", "importlib", "io", "itertools", "json", "math", "numpy"),
    *(
        "operator",
        "re",
        "statistics",
        "string",
        "sumy",
        "symspellpy",
        "typing",
        "unicodedata",
        "urllib",
        "warnings",
        "zlib",
    ),
}
PURE_NAMES = {"sys.intern"}  # of modules that have effects otherwise
IMPURE = ("urllib.request", "numpy.random", "importlib.import_module", "io.open", "io.FileIO")
CLOCKS_AND_FILES = {"now", "utcnow", "today", "open", "default_rng", "import_module"}
FILES = {package: sorted((ROOT / package).rglob("*.py")) for package in OURS}


@cache
def imports_of(file: Path) -> tuple[str, ...]:
    """Return every module and name that the file imports, dotted, wherever in it the import stands."""
    return tuple(_imports_of(file))


def _imports_of(file: Path) -> Iterator[str]:
    package = list(file.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) + 1 - node.level] if node.level else []
            base = ".".join([*start, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", OURS)
def test_a_package_imports_only_what_is_below_it(package: str) -> None:
    assert FILES[package]
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in FILES[package]
        for name in imports_of(file)
        if (top := name.partition(".")[0]) in {*OURS, "tests", "benchmarks"}
        and top not in MAY_IMPORT[package]
        and not (top == "config" and str(file.relative_to(ROOT)).startswith(READS_CONFIG))
    ]
    assert wrong == []


def folder_of(name: str) -> tuple[str, ...]:
    """Return the folder that a dotted import leads to: of the module, or of the name in it."""
    parts = name.split(".")
    while parts and not ROOT.joinpath(*parts).is_dir():
        parts.pop()
    return tuple(parts)


def sibling_imports(files: dict[str, list[Path]]) -> dict[tuple[tuple[str, ...], tuple[str, ...]], str]:
    """Return the pairs of sibling folders where the first imports the second, each with a file that does."""
    found = {}
    for file in (file for package in files.values() for file in package):
        here = file.relative_to(ROOT).parent.parts
        for there in map(folder_of, imports_of(file)):
            same = next((at for at, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), None)
            if same is not None and there[0] in OURS:
                found[here[: same + 1], there[: same + 1]] = str(file.relative_to(ROOT))
    return found


def test_no_two_sibling_folders_import_each_other() -> None:
    imports = sibling_imports(FILES)
    assert imports, "nothing was looked at"
    assert {pair: file for pair, file in imports.items() if pair[::-1] in imports} == {}


def test_no_module_of_the_core_lies_loose_beside_the_folders_of_the_bot() -> None:
    assert {file.name for file in (ROOT / "bot").glob("*.py")} == {"__init__.py", "__main__.py", "cli.py"}


def test_few_names_of_files_are_used_twice() -> None:
    """A name that is used twice makes its reader ask which one is meant."""
    modules = [file for files in FILES.values() for file in files if "migrations" not in file.parts]
    names = Counter(file.name for file in modules if not file.name.startswith("__"))
    assert sum(number > 1 for number in names.values()) < 8, [n for n, number in names.items() if number > 1]


def test_modules_stay_short() -> None:
    """Tables may be longer."""
    long = [
        str(file.relative_to(ROOT))
        for files in FILES.values()
        for file in files
        if len(file.read_text(encoding="utf-8").splitlines()) > 300
    ]
    assert set(long) <= {"storage/tables.py", "storage/migrations/versions/0001_baseline.py"}


def test_no_import_is_only_for_the_type_checker() -> None:
    wrong = [
        str(file) for files in FILES.values() for file in files if "TYPE_CHECKING" in file.read_text("utf-8")
    ]
    assert wrong == []


def test_the_language_code_imports_nothing_with_effects() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in FILES["summarizer"]
        for name in imports_of(file)
        if name not in PURE_NAMES
        and (name.partition(".")[0] not in PURE | {"summarizer"} or name.startswith(IMPURE))
    ]
    assert wrong == []


def test_the_language_code_opens_nothing_and_asks_no_clock() -> None:
    """It may read its own packaged data, through `importlib.resources`."""
    wrong = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in FILES["summarizer"]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in {"open", "print", "input", "__import__"})
            or (isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS_AND_FILES)
        )
    ]
    assert wrong == []


def files_behind(name: str) -> set[Path]:
    """Return our files that an import of a dotted name runs: the module's and those of the packages above."""
    parts = name.split(".")
    places = [ROOT.joinpath(*parts[: end + 1]) for end in range(len(parts))]
    files = [file for place in places for file in (place / "__init__.py", place.with_suffix(".py"))]
    return {file for file in files if file.exists()}


def libraries_of(start: Path) -> set[str]:
    """Return the top names of all libraries that a program imports, through whatever files of ours."""
    seen, waiting, libraries = set(), {start}, set()
    while waiting:
        file = waiting.pop()
        seen.add(file)
        for name in imports_of(file):
            waiting |= files_behind(name) - seen
            libraries.add(name.partition(".")[0])
    return libraries - {*OURS}


def test_the_text_process_loads_no_library_that_it_does_not_need() -> None:
    """It starts with each command that takes articles in, and again after each article that ends it."""
    libraries = libraries_of(ROOT / "bot" / "text_work" / "__main__.py")
    assert {"numpy", "pydantic", "ftfy"} <= libraries
    assert not libraries & {"sqlalchemy", "aiohttp", "telegram", "tantivy", "matplotlib", "trafilatura"}
