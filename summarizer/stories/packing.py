"""What grouping keeps of an article as bytes, so that a process that starts need not read the text again.

The bytes hold for one way of weighing: `fingerprint` names it, and changes with the code and data of it.
"""

import hashlib
import importlib.resources
import json
from functools import cache

import numpy as np

from summarizer.stories import leads, neighbours, roundups, terms
from summarizer.stories.leads import NO_ORDER, Lead
from summarizer.stories.neighbours import Weighed
from summarizer.stories.terms import Terms
from summarizer.text import repair, syllables

_HEAD = 8  # bytes: terms, terms of the lead, dimensions of meaning, flags
_HAS_BODY, _IS_ROUNDUP, _IS_ADVICE = 1, 2, 4
_DECIDING = (terms, leads, roundups, neighbours, syllables, repair)
_DATA = ("grouping.npz", "meanings.npz")


@cache
def fingerprint() -> str:
    """Return a name for the code and data that decide what is kept of an article, and how it is packed."""
    found = hashlib.sha256()
    for name in (__name__, *(module.__name__ for module in _DECIDING)):
        found.update(_source(name))
    for name in _DATA:
        found.update((importlib.resources.files("summarizer") / "data" / name).read_bytes())
    return found.hexdigest()[:16]


def pack(article: Weighed) -> bytes:
    """Return the bytes of what is kept of an article, without its time and paper."""
    own, lead = article.terms, article.lead
    flags = _HAS_BODY * article.has_body + _IS_ROUNDUP * article.is_roundup + _IS_ADVICE * lead.is_advice
    rest = [sorted(lead.numbers), sorted(lead.days), sorted(lead.series), lead.day]
    return b"".join(
        (
            np.array((own.hashes.size, lead.hashes.size, lead.meaning.size, flags), np.uint16).tobytes(),
            own.hashes.tobytes(),
            own.weights.tobytes(),
            lead.hashes.tobytes(),
            lead.meaning.tobytes(),
            lead.flags.tobytes(),
            json.dumps(rest, ensure_ascii=False, separators=(",", ":")).encode(),
        )
    )


def unpack(packed: bytes, moment: float, source: str | None) -> Weighed:
    """Return what `pack` packed, with the article's time (UNIX timestamp or NaN) and paper."""
    own, lead, dimensions, flags = np.frombuffer(packed, np.uint16, 4).tolist()
    numbers = np.frombuffer(packed, np.uint32, 2 * own + lead + dimensions, _HEAD)
    at = _HEAD + numbers.nbytes
    figures, days, series, day = json.loads(packed[at + lead :])
    return Weighed(
        Terms(numbers[:own], numbers[own : 2 * own].view(np.float32)),
        Lead(
            numbers[2 * own : 2 * own + lead],
            np.frombuffer(packed, np.uint8, lead, at),
            numbers[2 * own + lead :].view(np.float32),
            frozenset(figures),
            frozenset((month, number) for month, number in days),
            frozenset(series),
            bool(flags & _IS_ADVICE),
            (day[0], day[1]) if day else None,
            NO_ORDER,
        ),
        moment,
        source,
        bool(flags & _HAS_BODY),
        bool(flags & _IS_ROUNDUP),
    )


def _source(module: str) -> bytes:
    package, _, name = module.rpartition(".")
    return (importlib.resources.files(package) / f"{name}.py").read_bytes()
