"""Whose article it is: which declared source its text came from, and whose text may replace it. Pure.

A polled source speaks for its own host ("host"). What it says of another host's link is an article of its own
("elsewhere", see `storage.identity.elsewhere_key`). Files are the operator's own and may speak for any host
("files"), but not over the host's own source.
"""

from typing import Literal, Protocol

Standing = Literal["host", "elsewhere", "files"]


class Told(Protocol):
    """A text of an article, stored or new; `speaker` is the declared source, "" the command `ingest`."""

    @property
    def speaker(self) -> str | None: ...  # None: stored before this was kept
    @property
    def standing(self) -> str | None: ...
    @property
    def title(self) -> str: ...
    @property
    def sapo(self) -> str: ...
    @property
    def body(self) -> str: ...


def may_replace(known: Told, coming: Told) -> bool:
    """Tell whether a different text `coming` becomes a new version of the article `known`.

    A source may change what it said itself, and a host's own source what others said. Of sources that stand
    alike the first keeps the article, unless it had no body and the other has one.
    """
    if known.speaker is None or known.speaker == coming.speaker:
        return True
    if known.body and not coming.body and (known.title, known.sapo) == (coming.title, coming.sapo):
        return False  # the same lead without its text
    if (known.standing == "host") != (coming.standing == "host"):
        return coming.standing == "host"
    if coming.standing == "files" and "" in (known.speaker, coming.speaker):
        return True  # the operator's own command
    return bool(coming.body) and not known.body
