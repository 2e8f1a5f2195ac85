"""Parts of a question: what it is about without the words that only ask, and its halves."""

import datetime as dt

from summarizer.questions.phrases import phrase_places
from summarizer.questions.query import Query, parse_query

_ASK_ANYWHERE, _ASK_LAST = {"gì", "nào", "mấy"}, {"không", "ko", "chưa", "thế", "vậy", "nhỉ", "à"}


def subject_of(text: str, today: dt.date) -> str:
    """Return `text` without times and words that only ask; all of it where nothing else is there.

    >>> subject_of("Vì sao giá xăng tăng hôm qua?", dt.date(2026, 11, 22))
    'giá xăng tăng'
    """
    query = parse_query(text, today=today)
    runs = [term.run for term in query.terms]
    asks = phrase_places(runs) | {at for at, run in enumerate(runs) if run[0] in _ASK_ANYWHERE}
    left = [at for at in range(len(runs)) if at not in asks]
    while left and runs[left[-1]][0] in _ASK_LAST:
        left.pop()
    if left and _asks_who(query, left[0]):
        del left[0]
    asking = (term.place for at, term in enumerate(query.terms) if at not in left)
    return query.without((*query.time_places, *asking)).strip(" ?!.") or text


def _asks_who(query: Query, at: int) -> bool:
    """Tell whether a word is "ai": AI is a matter, and Ai Cập a country."""
    term, following = query.terms[at], query.terms[at + 1 : at + 2]
    is_who = term.run == ("ai",) and query.text[slice(*term.place)] != "AI" and query.has_marks
    return is_who and not (following and following[0].run == ("cập",))


def halves(query: Query) -> tuple[str, ...]:
    """Return the first and the second half of the words of a question, no filters; none where it is one word.

    >>> halves(parse_query("khủng long bạo chúa")), halves(parse_query("nguon:bao giá vàng"))
    (('khủng long', 'bạo chúa'), ('giá', 'vàng'))
    """
    words = query.shown.replace('"', " ").split()
    middle = (len(words) + 1) // 2
    return (" ".join(words[:middle]), " ".join(words[middle:])) if len(words) > 1 else ()
