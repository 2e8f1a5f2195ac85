"""Words that ask for the news and for nothing in it: "tin", "có gì mới", "tin nóng nổi bật trong ngày"."""

from itertools import chain

from summarizer.text.syllables import canonical, folded

_WORDS = (
    "tin tức bản điểm thời sự kiện chuyện báo mới nhất nóng hot nổi bật quan trọng chính hay đáng chú ý có "
    "gì nào xảy ra trong của ngày giờ vào về những các xem đọc cho tôi mình em với không ko vậy thế nhỉ"
)
_KNOWN = frozenset(chain(canonical(_WORDS).split(), folded(_WORDS).split()))


def asks_for_news(words: tuple[str, ...]) -> bool:
    """Tell whether canonical `words` name nothing that news could be about; none do not either.

    >>> asks_for_news(("tin", "nóng")), asks_for_news(("co", "gi", "moi")), asks_for_news(("tin", "bão"))
    (True, True, False)
    """
    return _KNOWN.issuperset(words)
