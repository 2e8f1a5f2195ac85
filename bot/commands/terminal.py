"""What commands write: results to stdout, everything else to stderr.

Each line is flushed, so that a pipe sees it at once. Standard library and typer only: `diemtin summarize`
starts with no more than this.
"""

import json
import sys
from typing import Annotated, NoReturn

import typer

Json = Annotated[bool, typer.Option("--json", help="In một giá trị JSON.")]


def say(text: str) -> None:
    """Write one line for the operator to stderr."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the terminal is where this belongs


def put(text: str) -> None:
    """Write one line of the result to stdout."""
    print(text, flush=True)  # noqa: T201 - the same


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
    put(text)


def fail(text: str, code: int = 1) -> NoReturn:
    """Say what is wrong and leave with `code`."""
    say(text)
    raise typer.Exit(code)
