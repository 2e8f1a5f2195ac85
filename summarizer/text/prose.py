"""Say why a text is not Vietnamese prose, so that intake can refuse it with a reason.

Vietnamese is recognised by its spelling: a syllable is an onset and one of some 150 rimes, and four in five
carry a mark. Broken encodings (TCVN3, VNI, UTF-8 read as Latin-1) have marks too, but on letters that
make no syllable. A bounded sample is read, so the cost does not grow with the text.
"""

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache

from summarizer.text.repair import composed

_WINDOW = 6_000  # code points read at the start, in the middle and at the end
_LETTERS = re.compile(r"[^\W\d_]+")
_OTHER_SCRIPTS = re.compile("[\u0370-\u1cff\u2c00-\ua71f\ua800-\ufaff\U00010000-\U000323af]")
# Letters that TCVN3 and UTF-8 read as Latin-1 or CP1252 leave inside words
_BROKEN_LETTERS = re.compile("[a-zA-Zà-ÿ][µ¶·¸¹¨»¾¼½©®ª«¬§¦¤³°±²¡¢£\xad]|[ÃÄÆá][\x80-\xbf†‡ˆ‰‹‘’“”•–—˜™›]")
_LONGEST_WORD = 60
_LONGEST_KEPT = 20  # letters of a word whose kind is kept
BROKEN_CHARSET = "chữ Việt bị hỏng bảng mã (TCVN3, VNI…), hãy lưu lại bằng UTF-8"
_FOREIGN = "không phải tiếng Việt"
_ENOUGH_WORDS = 12  # fewer are a headline, where names weigh more

_TONES = str.maketrans(
    "àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ",
    "".join(letter * 5 for letter in "aăâeêioôơuưy"),
)
_MARKS = str.maketrans("ăâđêôơư", "aadeoou")
_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x"
_RIMES = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en"
    " eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu"
    " o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi"
    " om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê"
    " uêch uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh uyt uyu ư"
    " ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu"
)


def find_objection(text: str) -> str | None:
    """Return in Vietnamese why `text` (title, sapo and body together) is no Vietnamese prose, None if it is.

    >>> find_objection("Venezuela vỡ nợ. Nước này không trả được lãi.") is None
    True
    >>> find_objection("The quick brown fox jumps over the lazy dog again and again.")
    'không phải tiếng Việt'
    """
    sample = composed(_sample(text))
    return _shape_objection(sample) or _language_objection(sample)


def is_syllable(word: str) -> bool:
    """Tell whether a lowercase word is spelled like a Vietnamese syllable, with marks or without.

    >>> is_syllable("nghiêng"), is_syllable("express")
    (True, False)
    """
    return _kind(word) in ("marked", "plain")


def _sample(text: str) -> str:
    if len(text) <= 3 * _WINDOW:
        return text
    middle = len(text) // 2
    return "\n".join((text[:_WINDOW], text[middle : middle + _WINDOW], text[-_WINDOW:]))


def _shape_objection(sample: str) -> str | None:
    """Return an objection to the characters of the text, None if there is none."""
    solid = "".join(sample.split())
    if not solid:
        return "không có chữ nào"
    broken = solid.count("\ufffd")
    if not solid.isprintable():
        broken += sum(unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs") for char in solid)
    if broken > len(solid) / 50:
        return "có vẻ là tệp nhị phân hoặc sai bảng mã"
    if len(_OTHER_SCRIPTS.findall(solid)) > len(solid) / 3:
        return _FOREIGN
    if len(solid) > _LONGEST_WORD * len(sample.split()):
        return "chỉ là một chuỗi liền, không có dấu cách"
    if sum(map(str.isalpha, solid)) < len(solid) / 4:
        return "gần như chỉ có số và ký hiệu"
    return None


def _language_objection(sample: str) -> str | None:
    words = _LETTERS.findall(sample.lower())
    kinds: Counter[str] = Counter()
    for word, often in Counter(words).items():
        kinds[_kind(word) if len(word) > _LONGEST_KEPT else _kept_kind(word)] += often
    needed = 0.3 if len(words) >= _ENOUGH_WORDS else 0.15
    if kinds["marked"] >= needed * len(words) and kinds["marked"] > kinds["broken"]:
        return None
    if len(_BROKEN_LETTERS.findall(sample)) > len(words) / 10 or kinds["broken"] > 0.45 * len(words):
        return BROKEN_CHARSET
    if kinds["plain"] > 0.85 * len(words):
        return "tiếng Việt không dấu, Điểm Tin chỉ nhận bài có dấu"
    return _FOREIGN


def _kind(word: str) -> str:
    """Classify a lowercase word: a syllable with or without marks, or no syllable with or without marks."""
    if word.isascii():
        return "plain" if word in _syllables_without_marks() else "foreign"
    return "marked" if word.translate(_TONES) in _syllables() else "broken"


_kept_kind = lru_cache(maxsize=1 << 14)(_kind)  # Vietnamese has some 7,000 syllables


@cache
def _syllables() -> frozenset[str]:
    return frozenset(onset + rime for onset in ["", *_ONSETS.split()] for rime in _RIMES.split())


@cache
def _syllables_without_marks() -> frozenset[str]:
    return frozenset(word.translate(_MARKS) for word in _syllables())
