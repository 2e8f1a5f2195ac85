"""Vietnamese as it was keyed: Telex and VNI keystrokes that an input method left undone.

`thanhf` is thành, `dduong` đương, `pho61` phố: read here as an input method would have read them.
"""

import re
import unicodedata

_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323", "z": ""}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323", "0": ""}
_VNI_LETTERS = {"6": ("aeo", "\u0302"), "7": ("uo", "\u031b"), "8": ("a", "\u0306"), "9": ("d", "đ")}
_TELEX_LETTERS = (
    ("uwow", "ươ"), ("uow", "ươ"), ("dd", "đ"), ("aw", "ă"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"),
    ("ow", "ơ"), ("uw", "ư"),
)  # fmt: skip
_WITH_W = {"uo": "ươ", "o": "ơ", "u": "ư", "a": "ă"}
_TONE_KEY = re.compile(r"[aeiouyw]\w*?(?P<key>[sfrxjz])")
_LATE_W = re.compile(r"(?P<vowel>uo|[oua])(?P<rest>[^w]{1,3})w")  # keyed behind the rest of the syllable
_LONGEST = 20  # keystrokes: no syllable takes more
_VOWELS = "aăâeêioôơuưy"
_SYLLABLE = re.compile(
    rf"(?P<head>ngh?|[ckt]h|ph|gh?|gi|kh|nh|qu|tr|[bcdđhklmnpqrstvx])?(?P<vowels>[{_VOWELS}]{{1,3}})"
    r"(?P<tail>ch|ng|nh|[cmnpt])?"
)
_MARKED = "ăâêôơư"


def keyed(word: str) -> str | None:
    """Return the syllable that the keystrokes `word` stand for, None where they stand for none.

    >>> keyed("thanhf"), keyed("dduwowngf"), keyed("pho61"), keyed("sao"), keyed("covid")
    ('thành', 'đường', 'phố', None, None)
    """
    if len(word) > _LONGEST:
        return None
    letters, tone = _vni(word) if any(c.isdigit() for c in word) else _telex(word)
    syllable = _SYLLABLE.fullmatch(letters)
    if syllable is None or (letters == word and not tone):
        return None
    at = syllable.start("vowels") + _toned(syllable["vowels"], has_tail=bool(syllable["tail"]))
    return unicodedata.normalize("NFC", letters[: at + 1] + tone + letters[at + 1 :])


def _telex(word: str) -> tuple[str, str]:
    tone = ""
    if found := _TONE_KEY.search(word):  # no syllable has one of these letters behind its vowel
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
    return (
        (letters.replace("uơ", "ươ"), tones[0])
        if len(tones) == 1
        else (letters, "")
        if not tones
        else ("", "")
    )


def _toned(vowels: str, *, has_tail: bool) -> int:
    """Return which of the vowels carries the tone: the one with a mark of its own, else by the old style."""
    marked = [at for at, vowel in enumerate(vowels) if vowel in _MARKED]
    if marked:
        return marked[-1]
    if len(vowels) == 1:
        return 0
    return 1 if has_tail or len(vowels) == 3 else 0
