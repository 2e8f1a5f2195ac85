"""What commands write: results to stdout, everything else to stderr.

Each line is flushed, so that a pipe sees it at once. What came from outside cannot steer the terminal
(`bot.visible`). Standard library and typer only: `diemtin summarize` starts with no more than this.
"""

import json
import sys
from typing import Annotated, NoReturn

import typer

from bot.visible import visible, visible_json

Json = Annotated[bool, typer.Option("--json", help="In một giá trị JSON.")]


def say(text: str) -> None:
    """Write one line for the operator to stderr, without what looks like a secret."""
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
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON may carry and UTF-8 may not
        text = json.dumps(value)
    print(visible_json(text), flush=True)  # noqa: T201 - the same


def fail(text: str, code: int = 1) -> NoReturn:
    """Say what is wrong and leave with `code`."""
    say(text)
    raise typer.Exit(code)


def hidden(text: str) -> str:
    """Return `text` without bot tokens and passwords in addresses: people paste them into the wrong place."""
    from bot.logs import Redactor  # only those who have something to complain about wait for this import

    return Redactor().text(text)
