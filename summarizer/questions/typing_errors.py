"""Typing errors: raw keystrokes of an input method, and words that the index hardly knows."""

import re
import unicodedata
from collections.abc import Mapping

from symspellpy import SymSpell, Verbosity  # type: ignore[import-untyped]  # ships no types
from symspellpy.editdistance import DistanceAlgorithm, EditDistance  # type: ignore[import-untyped]  # the same

from summarizer.extraction.vectors import lexicon
from summarizer.questions.equivalents import Phrase
from summarizer.text.syllables import folded

# Telex and VNI keystrokes that no input method converted.
#
# `thanhf` is thành, `dduong` đương, `pho61` phố: they are converted here as an input method would.

_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323", "z": ""}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323", "0": ""}
_VNI_LETTERS = {"6": ("aeo", "\u0302"), "7": ("uo", "\u031b"), "8": ("a", "\u0306"), "9": ("d", "đ")}
_TELEX_LETTERS = (
    ("uwow", "ươ"), ("uow", "ươ"), ("dd", "đ"), ("aw", "ă"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"),
    ("ow", "ơ"), ("uw", "ư"),
)  # fmt: skip
_WITH_W = {"uo": "ươ", "o": "ơ", "u": "ư", "a": "ă"}
_TONE_KEY = re.compile(r"[aeiouyw]\w*?(?P<key>[sfrxjz])")
_LATE_W = re.compile(r"(?P<vowel>uo|[oua])(?P<rest>[^w]{1,3})w")  # typed after the rest of the syllable
_MOST_KEYSTROKES = 20  # no syllable needs more
_VOWELS = "aăâeêioôơuưy"
_SYLLABLE = re.compile(
    rf"(?P<head>ngh?|[ckt]h|ph|gh?|gi|kh|nh|qu|tr|[bcdđhklmnpqrstvx])?(?P<vowels>[{_VOWELS}]{{1,3}})"
    r"(?P<tail>ch|ng|nh|[cmnpt])?"
)
_MARKED = "ăâêôơư"


def from_keystrokes(word: str) -> str | None:
    """Return the syllable of the keystrokes `word`, None if they are none.

    >>> [from_keystrokes(word) for word in ("thanhf", "dduwowngf", "pho61", "sao", "covid")]
    ['thành', 'đường', 'phố', None, None]
    """
    if len(word) > _MOST_KEYSTROKES:
        return None
    letters, tone = _vni(word) if any(c.isdigit() for c in word) else _telex(word)
    syllable = _SYLLABLE.fullmatch(letters)
    if syllable is None or (letters == word and not tone):
        return None
    at = syllable.start("vowels") + _toned(syllable["vowels"], has_tail=bool(syllable["tail"]))
    return unicodedata.normalize("NFC", letters[: at + 1] + tone + letters[at + 1 :])


def _telex(word: str) -> tuple[str, str]:
    tone = ""
    if found := _TONE_KEY.search(word):  # no syllable has one of these letters after its vowel
        at = found.start("key")
        word, tone = word[:at] + word[at + 1 :], _TELEX_TONES[word[at]]
    for keys, letter in _TELEX_LETTERS:
        word = word.replace(keys, letter)
    if found := _LATE_W.search(word):
        word = word[: found.start()] + _WITH_W[found["vowel"]] + found["rest"] + word[found.end() :]
    return word, tone


def _vni(word: str) -> tuple[str, str]:
    letters, tones = "", []
    for key in word:
        if key in _VNI_TONES and letters:
            tones.append(_VNI_TONES[key])
        elif key in _VNI_LETTERS:
            bases, mark = _VNI_LETTERS[key]
            at = max((letters.rfind(base) for base in bases), default=-1)
            if at < 0:
                return "", ""
            letter = mark if key == "9" else unicodedata.normalize("NFC", letters[at] + mark)
            letters = letters[:at] + letter + letters[at + 1 :]
        elif key.isdigit():
            return "", ""
        else:
            letters += key
    if len(tones) > 1:
        return "", ""
    return (letters.replace("uơ", "ươ"), tones[0]) if tones else (letters, "")


def _toned(vowels: str, *, has_tail: bool) -> int:
    """Return the vowel that carries the tone: the one with a mark of its own, else by the old style."""
    marked = [at for at, vowel in enumerate(vowels) if vowel in _MARKED]
    if marked:
        return marked[-1]
    if len(vowels) == 1:
        return 0
    return 1 if has_tail or len(vowels) == 3 else 0


# Corrections of words that the index hardly knows.
#
# Pure: the known words, with the number of articles of each, are an argument. Source: measured; correcting
# only words of fewer than 20 articles gives false alarms for 3.4 % of correct words, correcting all for 16-29
# %.

_KNOWN = 20  # articles that hold a word: enough to trust it
_SHARE = 500  # in a smaller index: one article for each so many with its commonest word is enough
_SLIPS = 3  # articles that hold a word; fewer may be errors of the papers themselves
_MOST_WORDS = 30_000  # of a large index, the most frequent: bounds the memory
_MOST_GUESSES = 8
_SHORTEST, _LONGEST = 3, 24  # letters of a word worth correcting
_SHORTEST_GLUED = 4
_LONGEST_SYLLABLE = 7


_distance = EditDistance(DistanceAlgorithm.DAMERAU_OSA)


def is_typing_error(typed: str, meant: str) -> bool:
    """Tell whether `typed` is `meant` with one letter too many, too few, wrong or swapped.

    >>> is_typing_error("thnah", "thanh"), is_typing_error("thanh", "thanh"), is_typing_error("2", "3")
    (True, False, False)
    """
    is_word = typed.isalpha() and len(typed) >= _SHORTEST - 1 and abs(len(typed) - len(meant)) <= 1
    return is_word and _distance.compare(typed, meant, 1) == 1


def is_no_syllable(word: str) -> bool:
    """Tell whether a canonical word with diacritics is in no paper: "nhệ" for "nghệ"."""
    return folded(word) != word and word not in lexicon().index


class SpellingCorrector:
    """The words of an index, prepared for comparing with typed words."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """Take folded words with the number of articles of each."""
        self._counts = counts
        self._enough = min(_KNOWN, 1 + max(counts.values(), default=0) // _SHARE)
        least = min(_SLIPS, self._enough)
        kept = sorted((n, word) for word, n in counts.items() if n >= least and word.isalpha())
        self._speller = SymSpell(max_dictionary_edit_distance=1, prefix_length=_LONGEST_SYLLABLE)
        for count, word in kept[-_MOST_WORDS:]:
            self._speller.create_dictionary_entry(word, count)

    def knows(self, word: str) -> bool:
        """Tell whether enough articles have the word with any diacritics, or it is a syllable as typed."""
        bare = folded(word)
        return self._counts.get(bare, 0) >= self._enough or (bare != word and word in lexicon().index)

    def guesses(self, phrase: Phrase) -> tuple[Phrase, ...]:
        """Return corrections of a phrase, without diacritics, likeliest first; at most 8.

        >>> SpellingCorrector({"long": 90, "ha": 80, "lon": 2}).guesses(("logn",))
        (('long',), ('lon',))
        """
        if len(phrase) == 1 and self.knows(phrase[0]):
            return ()
        if (whole := from_keystrokes("".join(phrase))) and folded(whole) in self._counts:
            return ((folded(whole),),)
        found: dict[Phrase, None] = {}
        for at, word in enumerate(phrase):
            if not self.knows(word):
                head, tail = phrase[:at], phrase[at + 1 :]
                found |= dict.fromkeys(head + guess + tail for guess in self._of_word(word))
        return tuple(found)[:_MOST_GUESSES]

    def _of_word(self, word: str) -> list[Phrase]:
        bare = folded(word)
        if not (_SHORTEST <= len(bare) <= _LONGEST and bare.isalpha()):
            return []
        near = self._speller.lookup(bare, Verbosity.ALL, max_edit_distance=1)
        least = 2 * self._counts.get(bare, 0)
        terms = [(one.count, one.term) for one in near if one.term != bare and one.count > least]
        glued = [parts] if (parts := self._split_joined(bare)) else []
        return [*glued, *((term,) for _, term in sorted(terms, reverse=True))]

    def _split_joined(self, word: str) -> Phrase:
        """Cut a joined word into two or three known ones, so that the rarest is as frequent as possible."""
        if len(word) < _SHORTEST_GLUED or word in self._counts:
            return ()
        cuts = [(word[:at], word[at:]) for at in range(2, len(word) - 1) if self.knows(word[:at])]
        pairs: list[Phrase] = [cut for cut in cuts if self.knows(cut[1])]
        triples: list[Phrase] = [
            (head, tail[:at], tail[at:])
            for head, tail in cuts
            for at in range(2, len(tail) - 1)
            if self.knows(tail[:at]) and self.knows(tail[at:])
        ]
        return max(pairs or triples, key=lambda cut: min(self._counts[part] for part in cut), default=())
