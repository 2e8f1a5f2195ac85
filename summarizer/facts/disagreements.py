"""Find what the papers of a story disagree on: one thing told in ways that cannot all be right.

Precision goes before recall: a wrong "the papers disagree" costs a reader's trust, a missed one little. What
is left out is told in `differing_figures` and `differing_facts`.
"""

from collections.abc import Sequence

from summarizer.facts.contradictions import without_repetition
from summarizer.facts.differing_facts import differing_facts
from summarizer.facts.differing_figures import differing_figures
from summarizer.model import Disagreement
from summarizer.stories.telling import Piece

_SHORTEST_NAME = 4  # letters: "mức" or "sau" tells nobody what is counted


def find_disagreements(pieces: Sequence[Piece]) -> tuple[Disagreement, ...]:
    """Return what the papers disagree on, the surest first; what one paper tells in two articles is none."""
    if len({piece.source for piece in pieces}) < 2:
        return ()
    told = sorted(pieces, key=lambda piece: (piece.moment, piece.article_id))
    pairs = [*differing_figures(told), *differing_facts(told)]
    pairs.sort(key=lambda pair: -pair.sureness)
    found = without_repetition(told, pairs)
    return tuple(
        disagreement for disagreement in found if len(disagreement.what.removeprefix("số ")) > _SHORTEST_NAME
    )
