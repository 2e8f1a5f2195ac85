"""`diemtin demo`: the bot with everything around it, and no Telegram library in this process."""

from typing import Annotated

import typer

from bot.commands.opening import run
from bot.commands.terminal import fail
from bot.demo import DemoError, run_demo


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="In một bản tin và một câu hỏi đáp, rồi thôi.")
    ] = False,
    port: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, max=65535, help="Cổng của trang trò chuyện; bỏ trống là cổng bất kỳ."
        ),
    ] = 0,
) -> None:
    """Run the whole product without a token."""
    try:
        run(run_demo(once=once, port=port))
    except DemoError as error:
        fail(f"✗ {error}")
