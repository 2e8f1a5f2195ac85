"""Logs and terminal output: without secrets, and without characters that control a terminal."""

import datetime as dt
import json as json_format
import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import EventDict, WrappedLogger

# Text from outside for a terminal: control characters and direction marks are shown as escapes.
# File names, feed titles and people's words can hold escape sequences that clear the screen, retitle the
# window or hide text. Line breaks and tabs stay.

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # the direction of writing
    "\u2028\u2029]"  # breaks of lines and paragraphs that some terminals take for such
)


def visible(text: str) -> str:
    r"""Return `text` with each control character as a Python escape.

    >>> print(visible("tin\x1b[2J.jsonl\u202e"))
    tin\x1b[2J.jsonl\u202e
    """
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def without_control_characters(text: str) -> str:
    r"""Return `text` without control characters; line breaks of any kind stay.

    >>> without_control_characters("tin\u202e\r\nmới")
    'tin\r\nmới'
    """
    return _CONTROL.sub(lambda found: found[0] if found[0] == "\r" else "", text)


def visible_json(text: str) -> str:
    r"""Return JSON `text` with each control character as JSON's escape: the same value.

    >>> print(visible_json('"\x9b2J\u202e"'))
    "\u009b2J\u202e"
    """
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


# Logging: one handler on stderr for our events and every library's, which never shows a secret.
# A filter on the handler turns each record into redacted plain text before anything is rendered, because
# libraries put the bot token in addresses, arguments and exceptions.

REDACTED = "[redacted]"
_SHORTEST_SECRET = 4  # redacting a shorter one would hit half of every line, and so reveal it
_ANY_BOT = r"[0-9]{6,20}(?::|%3A)[A-Za-z0-9_-]{30,}"  # bounded: a match may begin at each digit
# In an address, also in one that `Path` has read, which leaves one slash out.
_IN_ADDRESS = r"(?:(?<=://)|(?<=:/)(?!/))[^/\s@:]{0,200}:[^/\s@]{1,200}(?=@)"
_CHATTY = ("httpx", "httpcore", "apscheduler", "alembic")  # they log every request and job at INFO
_PERSONAL = {  # at DEBUG these log rows, parameters and messages: what people typed
    "aiosqlite": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "telegram": logging.INFO,
}
_plain_formatter = logging.Formatter()


class Redactor:
    """Hides `secrets` in any quoting, bot tokens and passwords in addresses."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spellings = {spelling for secret in secrets for spelling in _spellings(secret)}
        longest_first = sorted(spellings, key=len, reverse=True)
        self._pattern = re.compile(
            "|".join([*map(re.escape, longest_first), _ANY_BOT, _IN_ADDRESS]), re.IGNORECASE
        )

    def text(self, text: str) -> str:
        """Return `text` without secrets.

        >>> Redactor(["123:abc"]).text("POST /bot123%3Aabc/getMe")
        'POST /bot[redacted]/getMe'
        """
        return self._pattern.sub(REDACTED, text)

    def value(self, value: object) -> object:
        """Return `value` without secrets: containers keep their shape, objects become text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str | Path | dt.date):
            return self.text(str(value))
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(inner) for inner in value]
        return self.text(repr(value))


class RedactingFilter(logging.Filter):
    """Lets every record pass, as redacted plain text: message, traceback and stack."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact `record` in place, so that handlers after this one get nothing else."""
        if isinstance(record.msg, dict):  # an event of ours, which structlog renders later
            record.msg = self._redactor.value(record.msg)
        else:
            record.msg, record.args = self._redactor.text(_message(record)), ()
        if record.exc_info:
            record.exc_text = _plain_formatter.formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = self._redactor.text(record.exc_text)
        if record.stack_info:
            record.stack_info = self._redactor.text(record.stack_info)
        return True


def configure_logging(level: int | str = "INFO", json: bool = False, secrets: Iterable[str] = ()) -> None:
    """Send all logs and uncaught errors to stderr, as lines for people or as `json`.

    This replaces any earlier setup. At DEBUG the libraries log too.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(RedactingFilter(Redactor(secrets)))
    handler.setFormatter(_formatter(json=json))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    library_level = logging.NOTSET if logging.getLogger().level <= logging.DEBUG else logging.WARNING
    for name in _CHATTY:
        logging.getLogger(name).setLevel(library_level)
    for name, quietest in _PERSONAL.items():
        logging.getLogger(name).setLevel(quietest)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    sys.excepthook = _log_uncaught


def _spellings(secret: str) -> set[str]:
    if len(secret) < _SHORTEST_SECRET:
        return set()
    # A password that is not UTF-8 has surrogates, which `quote` refuses by default.
    in_addresses = {quote(secret, safe=safe, errors="surrogateescape") for safe in ("", "/", " +")}
    in_forms = {quote_plus(secret, errors="surrogateescape")}
    return {secret, repr(secret)[1:-1], json_format.dumps(secret)[1:-1]} | in_addresses | in_forms


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # the caller's format and arguments do not match; log both
        return f"{record.msg!r} {record.args!r}"


def _formatter(*, json: bool) -> structlog.stdlib.ProcessorFormatter:
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback, sort_keys=False
        )
    )
    return _VisibleFormatter(
        make_visible=visible_json if json else visible,
        foreign_pre_chain=[_add_traceback],
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *([] if json else [_keep_to_one_line]),
            renderer,
        ],
    )


class _VisibleFormatter(structlog.stdlib.ProcessorFormatter):
    """Shows control characters instead of sending them to the terminal."""

    def __init__(self, *, make_visible: Callable[[str], str], **given: Any) -> None:
        super().__init__(**given)
        self._make_visible = make_visible

    def format(self, record: logging.LogRecord) -> str:
        return self._make_visible(super().format(record))


def _keep_to_one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Prevent a value of an event from looking like another event on a new line."""
    return {**event, "event": str(event.get("event", "")).replace("\n", "\\n")}


def _add_traceback(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    record: Any = event["_record"]
    return {**event, "exception": record.exc_text} if record.exc_text else event


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("bot").critical("uncaught error", exc_info=(kind, error, trace))
