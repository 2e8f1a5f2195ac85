"""Judge whether two figures from two articles of one story count the same thing.

By rule: unit or noun, what became of those counted and the direction of a change must be the same; days,
years, names and opposites near the figures must not part them; then the words beside the figures decide.
"""

from itertools import pairwise

from summarizer.facts.claims import Claim

_SHARED = 0.7  # of the fewer words around two figures, where those beside them are alike
_SHARED_BY_NEIGHBOURS = 0.5  # where those beside them are the same
_FEWEST_WORDS = 4
_SAME_SHARE = 0.9  # two shares of what is itself the same figure
_MARKS = frozenset(
    {"thuần", "ròng", "gộp", "thuế", "nữ", "nam", "nặng", "phụ"}
)  # what has one is another thing
_OPPOSING = (
    "thu/chi nhập/xuất nam/nữ mua/bán lãi/lỗ trong/ngoài nội/ngoại lớn/nhỏ cao/thấp trên/dưới trái/phải"
    " vợ/chồng dài/rộng dài/cao rộng/cao nặng/nhẹ thắng/thua"
)
_OPPOSITES = [pair.split("/") for pair in _OPPOSING.split()]


def same_thing(one: Claim, other: Claim) -> float:
    """Rate how surely two claims count the same thing: 0 they do not, up to 1.

    >>> from summarizer.facts.claims import find_claims
    >>> from summarizer.model import Document
    >>> texts = "Bão làm ba người chết.", "Đã có 5 người thiệt mạng.", "Năm người bị thương."
    >>> dead, killed, hurt = (find_claims(Document("", text), {("", "người")})[0] for text in texts)
    >>> same_thing(dead, killed) > 0, same_thing(dead, hurt) > 0
    (True, False)
    """
    if one.measure != other.measure or one.state != other.state:
        return 0.0
    if one.change != other.change or _are_parted(one, other):
        return 0.0
    if one.anchor and other.anchor and one.anchor.measure == other.anchor.measure:
        if not one.anchor.agrees_with(other.anchor):
            return 0.0
        if one.quantity.unit == "%":
            return _SAME_SHARE
    return _likeness(one, other)


def _are_parted(one: Claim, other: Claim) -> bool:
    sets = zip((one.names, *one.periods), (other.names, *other.periods), strict=True)
    if any(mine and theirs and not mine & theirs for mine, theirs in sets):
        return True
    return are_opposed(one, other)


def are_opposed(one: Claim, other: Claim) -> bool:
    """Tell whether words near the figures make two things of them: gross and net, buying and selling."""
    mine, theirs = one.words - other.words, other.words - one.words
    if (mine | theirs) & _MARKS:
        return True
    return any((a in mine and b in theirs) or (b in mine and a in theirs) for a, b in _OPPOSITES)


def _likeness(one: Claim, other: Claim) -> float:
    shared = len(one.words & other.words) / max(_FEWEST_WORDS, min(len(one.words), len(other.words)))
    if one.state:
        return (1 + shared) / 2
    neighbours = _neighbours_alike(one, other)
    enough = _SHARED_BY_NEIGHBOURS if neighbours >= 2 else _SHARED
    return shared if neighbours and shared >= enough else 0.0


def _neighbours_alike(one: Claim, other: Claim) -> int:
    """Count how strongly the words right beside two figures agree, before them and after them: 0 to 4."""
    alike = 0
    if min(len(one.lead), len(other.lead)) > 1:
        if one.lead[-2:] == other.lead[-2:]:
            alike += 2
        elif _ends_in(one.lead, other.lead) or _ends_in(other.lead, one.lead):
            alike += 1
    if len(one.following) > 1 and one.following[:2] == other.following[:2]:
        alike += 1 if one.quantity.unit else 2
    return alike


def _ends_in(lead: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether the last two words of `lead` stand together among the last four of `other`."""
    return (lead[-2], lead[-1]) in pairwise(other[-4:])
