"""`diemtin`, the command line: which command is which.

Each command lives in `bot.commands` and is imported only when it is asked for: `diemtin check` need not wait
for the Telegram library, nor the running bot for what only `summarize` needs.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

_COMMANDS = {
    "demo": "running.demo",
    "run": "running.run_bot",
    "init": "newsroom.init",
    "check": "newsroom.check",
    "schedule": "newsroom.schedule",
    "ingest": "articles.ingest",
    "show": "articles.show",
    "search": "searching.search",
    "summarize": "language.summarize_command",
    "stories": "language.stories",
    "digest": "digests.digest",
    "stats": "upkeep.stats",
    "backup": "upkeep.backup",
    "doctor": "upkeep.doctor",
    "db": "upkeep.database",
}


class _OnDemand(TyperGroup):
    """The commands above, each imported when it is looked at."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of help."""
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one command; None where the name is not known."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(".")
        found = getattr(import_module(f"bot.commands.{module}"), name)
        if isinstance(found, typer.Typer):
            group = typer.main.get_group(found)
            group.name = cmd_name
            return group
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        single.command(cmd_name)(found)
        return typer.main.get_command(single)


app = typer.Typer(name="diemtin", cls=_OnDemand, add_completion=False, pretty_exceptions_enable=False)


@app.callback(no_args_is_help=True)
def _diemtin() -> None:
    """Điểm Tin: đọc báo giúp bạn, gửi bản tin tiếng Việt qua Telegram."""


def main() -> None:
    """Run the command line."""
    app()
