"""Measure the classifier of topics by words: macro-F1, and each topic's precision and recall.

    python benchmarks/bench_topics.py CLUSTERS.jsonl[.gz] [MODEL.npz]

CLUSTERS: rows {"id", "documents": [{"url", "title", "sapo", "body"}...]}, as VN-MDS (Tran et al.) has them:
the aggregator's section in the address is taken for the truth (`SECTIONS`). Rows {"topic", "title", "sapo",
"body"} such as `bot/samples/articles.jsonl` are measured too. Without MODEL the packaged one is measured,
which has learnt from the dev clusters; `train_topics.py` prints the results of models that have not.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
from common import read_rows

from summarizer.topics import TOPICS, TopicModel, classify_topic, unpacked

SECTIONS = {
    "thoi-su": "ThoiSu DoiNoi-DoiNgoai 122",
    "the-gioi": "TheGioi 119",
    "kinh-te": "KinhTe TaiChinh ThiTruong ChungKhoan BatDongSan DoanhNghiep 45 50",
    # Road accidents, fires and suicides stand under "An ninh - trật tự" there.
    "phap-luat": "PhapLuat AnNinh HinhSu 58",
    "giao-duc": "GiaoDuc DaoTao HocBong TuyenSinh DuHoc",
    "suc-khoe": "SucKhoe YTe DinhDuong 144",
    "khoa-hoc-cong-nghe": "KhoaHoc CNTT ThietBi-PhanCung Mobile MoiTruong 76 136",
    "the-thao": "TheThao BongDa QuanVot",
    "van-hoa-giai-tri": "VanHoa AmNhac SanKhau DienAnh ThoiTrang GiaiTri DuLich 54 71",
    "xa-hoi": "XaHoi DoiSong",
}
"""Topic → the aggregator's sections. The topics of numbered sections were found by reading their articles; 47
and 141 are mixed and left out."""

POLITICS = frozenset({"XaHoi"})
"""Sections whose dev articles (the country's name, streets named after leaders) are news of the state:
measured as `thoi-su`, and once more under their own name."""

_TOPIC_OF = {section: topic for topic, sections in SECTIONS.items() for section in sections.split()}


class Labelled(NamedTuple):
    """An article, its topic, the story it belongs to and the section it stood in."""

    topic: str
    story: str
    section: str
    title: str
    sapo: str
    body: str


def read_labelled(path: Path, *, politics: str = "thoi-su") -> list[Labelled]:
    """Return the articles whose topic is known; those of `POLITICS` have the topic `politics`."""
    found = []
    for row in read_rows(path):
        for document in row.get("documents", [row]):
            section = "" if "topic" in document else urlsplit(document["url"]).path.split("/")[2]
            topic = document.get("topic") or _TOPIC_OF.get(section)
            if topic:
                topic = politics if section in POLITICS else topic
                body = document["body"]
                text = body if isinstance(body, str) else "\n".join(body)
                found.append(Labelled(topic, row["id"], section, document["title"], document["sapo"], text))
    return found


def load(path: Path) -> TopicModel:
    with np.load(path) as arrays:
        return unpacked(arrays)


def classify(article: Labelled, model: TopicModel | None) -> str | None:
    """Return the topic by `model`, or by the packaged one."""
    return classify_topic(article.title, article.sapo, article.body, model)


def macro_f1(truth: Sequence[str], predicted: Sequence[str | None], *, show: bool = False) -> float:
    """Return the mean F1 of the topics in `truth`; an article without an answer counts as missed."""
    scores = []
    for topic in (topic for topic in TOPICS if topic in truth):
        right = sum(a == b == topic for a, b in zip(truth, predicted, strict=True))
        answers, wanted = predicted.count(topic), truth.count(topic)
        scores.append(2 * right / (answers + wanted))
        if show:
            precision, recall = right / max(answers, 1), right / wanted
            print(f"{topic:20} {wanted:4} articles  P {precision:.2f}  R {recall:.2f}  F1 {scores[-1]:.2f}")
    return sum(scores) / len(scores)


def report(articles: Sequence[Labelled], predicted: Sequence[str | None]) -> None:
    """Print the table, and how many were answered."""
    truth = [article.topic for article in articles]
    print(f"macro-F1 {macro_f1(truth, predicted, show=True):.3f} over {len(truth)} articles")
    own = ["xa-hoi" if article.section in POLITICS else article.topic for article in articles]
    if own != truth:
        print(f"macro-F1 {macro_f1(own, predicted):.3f} with {', '.join(POLITICS)} under xa-hoi")
    answered = [(a, b) for a, b in zip(truth, predicted, strict=True) if b]
    right = sum(a == b for a, b in answered)
    print(f"answered {len(answered) / len(truth):.1%}, of these right {right / max(len(answered), 1):.1%}")


def main(path: Path, model: TopicModel | None) -> None:
    articles = read_labelled(path)
    report(articles, [classify(article, model) for article in articles])


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), load(Path(sys.argv[2])) if len(sys.argv) == 3 else None)
