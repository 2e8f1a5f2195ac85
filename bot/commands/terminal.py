"""Output of commands: results, messages, and help in Vietnamese. Commands are imported on use."""

import json
import os
import re
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from bot.process.logs import Redactor, visible, visible_json

# Results go to stdout, everything else to stderr; each line is flushed, so that a pipe gets it at once. This
# module needs only the standard library and typer, so `diemtin summarize` starts quickly.

Json = Annotated[bool, typer.Option("--json", help="In một giá trị JSON.")]


def say(text: str) -> None:
    """Write one line for the operator to stderr, without secrets."""
    print(visible(hidden(text)), file=sys.stderr, flush=True)  # noqa: T201 - the terminal is where this belongs


def put(text: str) -> None:
    """Write one line of the result to stdout."""
    print(visible(text), flush=True)  # noqa: T201 - the same


def put_json(value: object) -> None:
    """Write the result as one JSON value to stdout.

    >>> put_json({"q": "đường", "half": "\\ud83d"})
    {"q": "\\u0111\\u01b0\\u1eddng", "half": "\\ud83d"}
    """
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON allows and UTF-8 does not
        text = json.dumps(value)
    print(visible_json(text), flush=True)  # noqa: T201 - the same


def fail(text: str, code: int = 1) -> NoReturn:
    """Print the error and exit with `code`."""
    say(text)
    raise typer.Exit(code)


def hidden(text: str) -> str:
    """Return `text` without bot tokens and passwords in addresses, which people paste into wrong places."""
    return Redactor().text(text)


# typer's own help and errors are English, and its list of commands would import all of them.

_WRONG_USE = 2
_GROUP = re.compile(r"-\d{4,}", re.ASCII)


def _write_usage(command: Any, ctx: Any, formatter: Any) -> None:
    pieces = " ".join(command.collect_usage_pieces(ctx)).replace("[OPTIONS]", "[TÙY CHỌN]")
    formatter.write_usage(ctx.command_path, pieces, prefix="Cách dùng: ")


def _write_parameters(command: Any, ctx: Any, formatter: Any) -> None:
    parameters = command.get_params(ctx)
    for kind, heading in (("argument", "Tham số"), ("option", "Tùy chọn")):
        rows = [(_written(one), one.help or "") for one in parameters if one.param_type_name == kind]
        if rows:
            with formatter.section(heading):
                formatter.write_dl(rows)


def _written(parameter: Any) -> str:
    """Return the parameter as it is typed: `PATH`, `--days N`, `--json`."""
    names = ", ".join(parameter.opts) if parameter.param_type_name == "option" else ""
    return f"{names} {parameter.metavar or ''}".strip()


class Command(TyperCommand):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments; a long negative number is a group's number, not an option."""
        groups = [one for one in args if _GROUP.fullmatch(one)]
        if groups and "--" not in args:
            args = [*(one for one in args if one not in groups), "--", *groups]
        return super().parse_args(ctx, args)

    def get_help_option(self, ctx: Any) -> Any:
        return _in_vietnamese(super().get_help_option(ctx))

    format_usage = _write_usage
    format_options = _write_parameters


class Group(TyperGroup):
    """Commands, or groups of them, by name: (`module.function` in this package, help), imported on use.

    Without a command the `default` one runs, if there is one.
    """

    def __init__(
        self,
        name: str,
        about: str,
        commands: Mapping[str, "tuple[str, str] | Group"],
        *,
        default: str | None = None,
    ) -> None:
        super().__init__(name=name, help=about, rich_markup_mode=None, subcommand_metavar="LỆNH …")
        self._default = default
        self._table = dict(commands)

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self._table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one command; None if the name is not known."""
        found = self._table.get(cmd_name)
        return _load(cmd_name, *found) if isinstance(found, tuple) else found

    def get_help_option(self, ctx: Any) -> Any:
        return _in_vietnamese(super().get_help_option(ctx))

    format_usage = _write_usage

    def format_options(self, ctx: Any, formatter: Any) -> None:
        described = [
            (name, found[1] if isinstance(found, tuple) else found.help)
            for name, found in self._table.items()
        ]
        with formatter.section("Lệnh"):
            formatter.write_dl(described)
        _write_parameters(self, ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments; without any, show the help and exit as for wrong use."""
        if self._default is not None and (not args or (args[0].startswith("-") and args[0] != "--help")):
            args = [self._default, *args]
        if not args:
            fail(ctx.get_help(), _WRONG_USE)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the first argument names, or exit with a suggestion."""
        if args[0] not in self._table:
            near = get_close_matches(args[0], self._table, n=1)
            meant = f"Ý bạn là «{near[0]}»? " if near else ""
            fail(f"✗ Không có lệnh «{args[0]}». {meant}Xem các lệnh: {ctx.command_path} --help", _WRONG_USE)
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run the command line and exit: 0 done, 1 something was refused, 2 wrong use, 130 interrupted."""
        try:
            code = super().main(*args, **extra | {"standalone_mode": False})
        except typer.TyperException as error:
            say(_wrong_use(error))
            code = error.exit_code
        except UnicodeEncodeError:  # an argument that is not UTF-8 was written to the database
            say("✗ Lệnh có chữ không phải UTF-8; hãy gõ lại.")
            code = _WRONG_USE
        except BrokenPipeError:  # the reader, `head` for example, has closed the pipe
            code = _close_stdout()
        except OSError as error:
            say(f"✗ Hệ thống không cho làm việc này: {error}")
            code = _close_stdout()
        sys.exit(code or 0)


def _load(name: str, target: str, about: str) -> Any:
    module, _, function = target.rpartition(".")
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    found = getattr(import_module(f"bot.commands.{module}"), function)
    single.command(name, cls=Command, help=about)(found)
    return typer.main.get_command(single)


def _close_stdout() -> int:
    """Redirect stdout, so that Python's last flush cannot fail again; return the exit code."""
    if sys.stdout is sys.__stdout__ and sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _in_vietnamese(help_option: Any) -> Any:
    if help_option is not None:
        help_option.help = "Xem trợ giúp này."
    return help_option


def _wrong_use(error: typer.TyperException) -> str:
    parameter, option = getattr(error, "param", None), getattr(error, "option_name", None)
    if parameter is not None:
        verb = "Giá trị không dùng được cho" if error.message else "Còn thiếu"
        problem = f"{verb} {_written(parameter)}"
    elif option:
        is_known = not hasattr(error, "possibilities")  # which typer gives with an unknown option only
        problem = f"Tùy chọn {option} thiếu hoặc thừa giá trị" if is_known else f"Không có tùy chọn {option}"
    else:
        problem = "Lệnh có phần thừa hoặc viết chưa đúng"
    context = getattr(error, "ctx", None)
    return f"✗ {problem}. Xem cách dùng: {context.command_path if context else 'diemtin'} --help"
