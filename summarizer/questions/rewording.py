"""The same question in other words: without its time, a filter, or what only makes it a question.

Texts are those of `Query.text`: one line, single blanks.
"""

import datetime as dt
import re
from collections.abc import Iterable

from summarizer.questions.query_filters import take_filters
from summarizer.questions.time_words import find_times
from summarizer.text.syllables import folded

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″＂", '"'))
# What people put around the words that they mean. Without marks some would be others: "vay" is a loan.
_BEFORE = (
    "cho tôi biết|cho mình biết|cho tôi hỏi|cho mình hỏi|cho em hỏi|cho hỏi"
    "|có tin gì về|có tin gì mới về|cho xem|tôi muốn biết|tôi muốn hỏi|tôi muốn xem|tin tức về"
    "|tin tức|tin mới về|tin về|tin gì về|bài báo về|bài về|thông tin về|có gì mới về|vì sao|tại sao|khi nào"
    "|bao giờ|có phải|ai là|bao nhiêu|những ai|có bao nhiêu"
)
# AI is a matter, and Ai Cập a country.
_BEFORE_MARKED = "tìm bài về|tìm tin về|tìm thông tin về|tìm giúp tôi|liệu|mấy|(?-i:[Aa]i)(?! c[ậa]p)"
_AFTER = (
    "hiện nay bao nhiêu|là bao nhiêu|bao nhiêu|bao giờ|như thế nào|thế nào|ra sao|ở đâu|khi nào|lúc nào"
    "|vì sao|tại sao|là gì|là ai|với ai|của ai|những ai|mới nhất|có gì mới|diễn biến|tin mới|ngày mai|bao lâu"
    "|bao giờ xong|khi nào xong"
)
_AFTER_MARKED = "gì|không|ko|chưa|thế|vậy|nhỉ|à"
_WITHIN = "gì|bao nhiêu|bao giờ|khi nào|ở đâu|như thế nào|thế nào|vì sao|tại sao|có phải"
_WITHIN_MARKED = "nào|mấy"
_LONGEST = 800  # characters; of a longer text no question is read to its end
_NEWS_OF = re.compile(r"(?:ban tin|tin tuc|tin moi|tin nong|tin)(?: ve)? (?P<topic>.+)")


# The name of the paper, or of its page, behind a headline that was shared.
_PAPERS = (
    "vnexpress|tuổi trẻ|thanh niên|dân trí|vietnamnet|vietnamplus|zing|zingnews|znews|người đưa tin"
    "|người lao động|lao động|tiền phong|vtv|vov|vtc|kenh14|soha|24h|báo mới|baomoi|plo|nld|sggp|cafef"
    "|pháp luật|nhân dân|quân đội nhân dân|công an nhân dân|tin tức|đọc báo|tin mới"
)
_PUBLISHER = re.compile(
    rf" [-–—|] (?:báo |trang |tạp chí )?(?:{_PAPERS})(?: [^-–—|]{{1,30}})?$", re.IGNORECASE
)
_FEWEST_WORDS = 4  # of a headline


def without_publisher(text: str) -> str:
    """Return a shared headline without the name of its paper.

    >>> without_publisher("Giá vàng rời đỉnh 5 tháng - Tuổi Trẻ Online"), without_publisher("giá - Lao Động")
    ('Giá vàng rời đỉnh 5 tháng', 'giá - Lao Động')
    """
    shown = " ".join(text[: 2 * _LONGEST].split())
    while (found := _PUBLISHER.search(shown)) and len(shown[: found.start()].split()) >= _FEWEST_WORDS:
        shown = shown[: found.start()].rstrip()
        text = shown
    return text


def _asking(marked: str, safe: str, pattern: str) -> re.Pattern[str]:
    """Return a pattern for the words, which may be typed with marks, the safe ones without any too."""
    words = [*safe.split("|"), *marked.split("|"), *map(folded, safe.split("|"))]
    longest_first = "|".join(sorted(set(words), key=lambda word: -len(word)))
    return re.compile(pattern.format(words=longest_first), re.IGNORECASE)


_OPENING = _asking(_BEFORE_MARKED, _BEFORE, r"(?:(?:{words})[,:]? )+")
_BETWEEN = _asking(_WITHIN_MARKED, _WITHIN, r"(?<= )(?:{words})(?= )")
_CLOSING = _asking(_AFTER_MARKED, _AFTER, r"(?: (?:{words}))* ?[?!.]*$")


def without_times(text: str, today: dt.date) -> str:
    """Return `text` without its time words.

    >>> without_times("lũ ở Huế hôm qua", dt.date(2026, 11, 22))
    'lũ ở Huế'
    """
    return _replaced(text, today, "")


def reaching_back(text: str, today: dt.date) -> str:
    """Return `text` with its "hôm nay" taken for "since yesterday", for early hours.

    >>> reaching_back("hom nay vàng bao nhiêu", dt.date(2026, 11, 22))
    'từ hôm qua vàng bao nhiêu'
    """
    straight = text.translate(_QUOTES)
    places = find_times(straight, today).places
    if len(places) != 1 or folded(straight[slice(*places[0])]) != "hom nay":
        return text
    start, end = places[0]
    return f"{straight[:start]}từ hôm qua{straight[end:]}"


def with_times_as_words(text: str, today: dt.date) -> str:
    """Return `text` with its time words in quotes, where they are words to find.

    >>> with_times_as_words("SEA Games năm 2017", dt.date(2026, 11, 22))
    'SEA Games "năm 2017"'
    """
    return _replaced(text, today, '"')


def _replaced(text: str, today: dt.date, quote: str) -> str:
    straight = text.translate(_QUOTES)
    for start, end in reversed(find_times(straight, today).places):
        words = f"{quote}{straight[start:end].strip()}{quote}" if quote else ""
        straight = f"{straight[:start]} {words} {straight[end:]}"
    return " ".join(straight.split())


def with_topic(text: str, topics: Iterable[str], today: dt.date) -> str:
    """Return `text` with a filter where all that it asks for is the news of a topic with one of these names.

    >>> with_topic("tin thể thao hôm qua", ["Kinh tế", "Thể thao"], dt.date(2026, 11, 22))
    'chude:"Thể thao" hôm qua'
    """
    words = folded(without_times(without_filters(text, sources=True), today))
    asked = _NEWS_OF.fullmatch(words)
    topic = next((each for each in topics if asked and folded(each) == asked["topic"]), None)
    if topic is None:
        return text
    rest = take_filters(text.translate(_QUOTES)).rest
    times = [rest[start:end].strip() for start, end in find_times(rest, today).places]
    sources = [f'nguon:"{name}"' for name in take_filters(text.translate(_QUOTES)).sources]
    return " ".join([f'chude:"{topic}"', *times, *sources])


def without_filters(text: str, *, sources: bool = False, topics: bool = False) -> str:
    """Return `text` without the filters by source, by topic, or both.

    >>> without_filters("bão nguon:tuoitre chude:thoi-su", sources=True)
    'bão chude:"thoi-su"'
    """
    typed = take_filters(text.translate(_QUOTES))
    kept = [] if sources else [f'nguon:"{name}"' for name in typed.sources]
    kept += [] if topics else [f'chude:"{name}"' for name in typed.topics]
    return " ".join([typed.rest, *kept]).strip()


def without_question_words(text: str) -> str:
    """Return `text` without the words that only ask; all of it where nothing else is there.

    >>> without_question_words("Vì sao giá xăng tăng?"), without_question_words("gia vang bao nhieu")
    ('giá xăng tăng', 'gia vang')
    """
    if len(text) > _LONGEST:
        return text
    opening = _OPENING.match(text)
    start = opening.end() if opening else 0
    closing = _CLOSING.search(text, start)
    left = text[start : closing.start() if closing else len(text)]
    return " ".join(_BETWEEN.sub("", left).split()) or text


def halves(text: str) -> tuple[str, ...]:
    """Return the first and the second half of the words of `text`, no filters; none where it is one word.

    >>> halves("khủng long bạo chúa"), halves("nguon:bao giá vàng")
    (('khủng long', 'bạo chúa'), ('giá', 'vàng'))
    """
    words = take_filters(text.translate(_QUOTES)).rest.replace('"', " ").split()
    middle = (len(words) + 1) // 2
    return (" ".join(words[:middle]), " ".join(words[middle:])) if len(words) > 1 else ()
