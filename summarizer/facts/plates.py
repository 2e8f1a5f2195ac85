"""Number plates of one vehicle that papers write differently: "79H1-2832" and "71H9 – 2832"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from summarizer.facts.fact import Fact, search, where
from summarizer.model import Document

_PLATE = re.compile(
    r"\d(?<![\w.].)\d\s?[-–]?\s?[A-ZĐ][A-Z0-9Đ]?\s?[-–]?\s?(?:\d{3}[.\s]\d{2}|\d{4,5})(?![\w.]*\d)"
)
_NO_MARK = re.compile(r"[^A-Z0-9Đ]")
_MOST_OFF = 2  # characters: more are another vehicle
_SURENESS = 0.9


@dataclass(frozen=True, slots=True)
class Plate(Fact):
    """A vehicle's number plate; `code` has its letters and digits only."""

    code: str

    @property
    def what(self) -> str:
        """Name the kind: there is one such vehicle in most stories."""
        return "biển số xe"

    def contradicts(self, other: Self) -> float:
        """Rate two plates that differ in a character or two."""
        off = sum(map(str.__ne__, self.code, other.code))
        return _SURENESS if len(self.code) == len(other.code) and 0 < off <= _MOST_OFF else 0.0

    def supports(self, other: Self) -> bool:
        """Tell whether both are one plate."""
        return self.code == other.code


def find_plates(document: Document) -> Iterator[Plate]:
    """Yield the number plates that an article names."""
    for found in search(document, _PLATE):
        yield Plate(*where(found), code=_NO_MARK.sub("", found.match.group()))
