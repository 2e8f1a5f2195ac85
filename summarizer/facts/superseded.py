"""Figures that another text tells otherwise: beside the newer count of a thing an older one misleads."""

from collections.abc import Iterable

from summarizer.facts.claims import Claim, figures, find_claims
from summarizer.facts.same_thing import same_thing
from summarizer.model import Document


def gives_other_figure(sentence: str, told: Iterable[str]) -> bool:
    """Tell whether a sentence gives a figure for something for which one of `told` gives another.

    >>> gives_other_figure("Đã có 5 người thiệt mạng.", ["Bão làm ba người chết."])
    True
    >>> gives_other_figure("Năm người bị thương.", ["Bão làm ba người chết."])
    False
    """
    mine = _claims(sentence)
    theirs = [claim for text in told for claim in _claims(text)] if mine else []
    return any(
        same_thing(older, claim) and not claim.quantity.agrees_with(older.quantity)
        for claim in mine
        for older in theirs
    )


def _claims(text: str) -> list[Claim]:
    document = Document("", text)
    return find_claims(document, {quantity.measure for quantity in figures(text)})
