"""`diemtin`, the command line: which command is which; each lives in `bot.commands`."""

import typer

from bot.commands import articles, digests, language, newsroom, running, upkeep

app = typer.Typer(
    name="diemtin",
    help="Điểm Tin: đọc báo giúp bạn, gửi bản tin tiếng Việt qua Telegram.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
database_app = typer.Typer(help="Việc của cơ sở dữ liệu.", no_args_is_help=True)

app.command("demo")(running.demo)
app.command("run")(running.run_bot)
app.command("init")(newsroom.init)
app.command("check")(newsroom.check)
app.command("schedule")(newsroom.schedule)
app.command("ingest")(articles.ingest)
app.command("show")(articles.show)
app.command("search")(articles.search)
app.command("summarize")(language.summarize_command)
app.command("stories")(language.stories)
app.command("digest")(digests.digest)
app.command("stats")(upkeep.stats)
app.command("backup")(upkeep.backup)
app.command("doctor")(upkeep.doctor)
database_app.command("upgrade")(upkeep.upgrade_database)
app.add_typer(database_app, name="db")


def main() -> None:
    """Run the command line."""
    app()
