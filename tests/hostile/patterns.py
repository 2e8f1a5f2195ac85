"""Find every regular expression of the packages, and how it is applied.

Patterns are read out of the imported modules, so those built by functions and those in tuples and tables are
there too. The ones that exist only inside functions are listed in `BUILT_IN_FUNCTIONS`, or are constants of
a direct call like `re.sub(r"...", "", text)`, which are read out of the source.
"""

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from bot.chat.buttons import callbacks
from bot.messages import markup
from bot.process import logs
from summarizer.text import repair

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("bot", "config", "storage", "summarizer")
NOT_IMPORTED = ("bot.__main__", "storage.migrations")  # they act when they are imported
METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")
BUILT_IN_FUNCTIONS = {  # module: the patterns that its functions build
    "bot.messages.markup": (markup.mention_of("diemtin_bot"),),
    "bot.process.logs": (logs.Redactor(("123456:ABC-def_ghi",))._pattern,),
    "bot.chat.buttons.callbacks": tuple(form._pattern for form in callbacks._FORMS),
    "summarizer.text.repair": (repair.excess_marks(), repair._long_run()),
    # What these build are names of the module, or hold a name of the emulator's own
    "summarizer.questions.question_terms": (),
    "summarizer.questions.answer_kinds": (),
    "summarizer.text.boilerplate": (),
    "bot.emulator.control.events": (),
    "bot.chat.talk.message_classifier": (),  # of the topics' names, asked about at most 160 characters
    "bot.times.typed_times": (),
    "bot.chat.talk.grammar": (),  # asked about at most 20 words and 160 characters
}


@dataclass(frozen=True, slots=True)
class Applied:
    """A pattern of a module, and the methods by which the module applies it."""

    where: str
    pattern: re.Pattern[Any]
    methods: tuple[str, ...]


@cache
def modules() -> tuple[ModuleType, ...]:
    """Import every module of the packages."""
    found = []
    for package in PACKAGES:
        root = importlib.import_module(package)
        names = (module.name for module in pkgutil.walk_packages(root.__path__, f"{package}."))
        found += [importlib.import_module(name) for name in names if not name.startswith(NOT_IMPORTED)]
    return tuple(found)


@cache
def applied_patterns() -> tuple[Applied, ...]:
    """Return every pattern of the packages, each once a name that it has."""
    found: dict[tuple[str, int], Applied] = {}
    for module in modules():
        tree = _tree_of(module)
        own = _assigned(tree)
        for name, pattern in _patterns_of(module):
            if name in own:
                where = f"{module.__name__}.{name}"
                found[where, id(pattern)] = Applied(where, pattern, _methods(tree, name))
        for pattern in BUILT_IN_FUNCTIONS.get(module.__name__, ()):
            found[module.__name__, id(pattern)] = Applied(f"{module.__name__}()", pattern, ("sub",))
        for applied in _direct_calls(module.__name__, tree):
            found[module.__name__, id(applied)] = applied
    return tuple(found.values())


@cache
def _tree_of(module: ModuleType) -> ast.Module:
    """Return the parsed source, empty for a module that holds no pattern and calls nothing of `re`."""
    source = Path(str(module.__file__)).read_text("utf-8")
    return ast.parse(source if "re." in source or any(_patterns_of(module)) else "")


@cache
def _nodes_of(tree: ast.AST) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree))


def _patterns_of(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name, value in vars(module).items():
        yield from ((name, pattern) for pattern in _patterns_in(value, depth=3))


def _patterns_in(value: object, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, tuple | list | set | frozenset):
        for part in value:
            yield from _patterns_in(part, depth - 1)
    elif depth and isinstance(value, dict):
        yield from _patterns_in(tuple(value.items()), depth)


@cache
def _assigned(tree: ast.Module) -> set[str]:
    """Return the names that the module itself gives a value."""
    targets = []
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets += node.targets
        elif isinstance(node, ast.AnnAssign):
            targets.append(node.target)
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def _methods(tree: ast.Module, name: str) -> tuple[str, ...]:
    """Return the methods called on `name`; where it is handed on, those called on other variables too."""
    calls = _method_calls(tree)
    direct = {method for variable, method in calls if variable == name}
    if _uses(tree)[name] - sum(variable == name for variable, _ in calls) > 1:  # more than its own definition
        known = _assigned(tree) | {"re"}
        direct |= {method for variable, method in calls if variable not in known and method != "split"}
    return tuple(sorted(direct)) or ("search",)


@cache
def _uses(tree: ast.Module) -> Counter[str]:
    return Counter(node.id for node in _nodes_of(tree) if isinstance(node, ast.Name))


@cache
def _method_calls(tree: ast.Module) -> tuple[tuple[str, str], ...]:
    """Return the variables on which a method of patterns is called, with the method."""
    return tuple(
        (node.value.id, node.attr)
        for node in _nodes_of(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS
    )


def _direct_calls(module: str, tree: ast.Module) -> Iterator[Applied]:
    """Yield the constant patterns of calls like `re.search(r"...", text)`."""
    for call in _calls_of_re(tree):
        first = call.args[0] if call.args else None
        if isinstance(first, ast.Constant) and call.func.attr in METHODS:  # type: ignore[attr-defined]
            flags = re.IGNORECASE if "IGNORECASE" in ast.dump(call) else re.NOFLAG
            where = f"{module}:{call.lineno}"
            yield Applied(where, re.compile(first.value, flags), (call.func.attr,))  # type: ignore[attr-defined]


def unread_patterns() -> list[str]:
    """Return the places in functions where a pattern is built that `applied_patterns` does not see."""
    unread = []
    for module in modules():
        functions = [
            node
            for node in _nodes_of(_tree_of(module))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        for call in {call for function in functions for call in _calls_of_re(function)}:
            is_read = call.func.attr != "compile" and isinstance(call.args[0], ast.Constant)  # type: ignore[attr-defined]
            if not is_read and module.__name__ not in BUILT_IN_FUNCTIONS:
                unread.append(f"{module.__name__}:{call.lineno}")
    return unread


def _calls_of_re(tree: ast.AST) -> Iterator[ast.Call]:
    for node in _nodes_of(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in (*METHODS, "compile")
        ):
            yield node
