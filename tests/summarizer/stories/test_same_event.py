"""Whether two leads report one event: invented leads for each way that leads were joined wrongly."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from summarizer.stories.grouping import JOIN_AT
from summarizer.stories.neighbours import Arrival, Neighbours, features_of
from summarizer.stories.same_event import FEATURES, Others, compare
from summarizer.stories.story_rows import group_rows
from summarizer.stories.terms import Frequencies
from tests.summarizer.stories.numbered_stories import NumberedStories

NOON = dt.datetime(2026, 9, 12, 5, tzinfo=dt.UTC)
LEADS = json.loads(Path(__file__).with_name("leads.json").read_text(encoding="utf-8"))
ONE, TWO = LEADS["one event"], LEADS["two events"]


def arrivals(leads: list[tuple[str, str, int]]) -> list[Arrival]:
    """Return leads of different papers, each published so many hours after noon."""
    return [
        Arrival(number, title, sapo, "", NOON + dt.timedelta(hours=hours), f"bao-{number}")
        for number, (title, sapo, hours) in enumerate(leads)
    ]


def stories_of(leads: list[tuple[str, str, int]]) -> int:
    grouper = NumberedStories()
    return len({grouper.add(arrival) for arrival in arrivals(leads)})


@pytest.mark.parametrize("kind", ONE)
def test_one_event_in_other_words_is_one_story(kind: str) -> None:
    assert stories_of(ONE[kind]) == 1


@pytest.mark.parametrize("kind", TWO)
def test_two_events_with_something_in_common_are_two_stories(kind: str) -> None:
    assert stories_of(TWO[kind]) == 2


def test_all_of_them_read_at_once_are_told_apart_in_any_order() -> None:
    cases = {f"{kind} {n}": lead for kind, pair in (ONE | TWO).items() for n, lead in enumerate(pair)}
    rows = [
        {"id": name, "title": title, "sapo": sapo, "published": str(hours)}
        for name, (title, sapo, hours) in cases.items()
    ]

    def parse(text: str) -> dt.datetime:
        return NOON + dt.timedelta(hours=int(text))

    def partition(given: list[dict[str, str]]) -> set[frozenset[str]]:
        answers = group_rows(given, parse_time=parse)
        return {frozenset(a["id"] for a in answers if a["story"] == b["story"]) for b in answers}

    found = partition(rows)
    assert all(frozenset((f"{kind} 0", f"{kind} 1")) in found for kind in ONE if "gold" not in kind)
    assert not any({f"{kind} 0", f"{kind} 1"} <= story for kind in TWO for story in found)
    assert found == partition(rows[::-1])


def test_two_leads_are_as_like_one_way_as_the_other() -> None:
    neighbours = Neighbours(2)
    one, other = (features_of(arrival) for arrival in arrivals(ONE["an appointment"]))
    tables = []
    for lead, beside in ((one, other), (other, one)):
        neighbours.add(beside)
        _, others = neighbours.comparable(lead)
        tables.append(compare(lead.lead, others, Frequencies()))
        neighbours = Neighbours(2)
    assert tables[0].shape == (1, len(FEATURES))
    np.testing.assert_allclose(tables[0], tables[1], atol=1e-6)


def test_a_run_of_words_is_told_from_what_is_shared_beside_it() -> None:
    name = "Mười hai bến nước quê mình"
    one = features_of(Arrival(1, f"Kha Lam múa kiếm trong {name}", "Đêm diễn có mưa.", "")).lead
    same = features_of(Arrival(2, f"{name} có kiếm, có múa", "Mưa ở đêm diễn, Kha Lam vẫn múa.", "")).lead
    other = features_of(Arrival(3, f"Vé xem {name}", "Giá từ bảy trăm nghìn.", "")).lead
    others = Others([same, other], np.zeros(2), np.zeros(2, np.bool_), np.full(2, np.nan))
    features = dict(zip(FEATURES, compare(one, others, Frequencies()).T, strict=True))
    assert features["run"][0] == features["run"][1] > 0.5
    assert features["beside_run"][0] > 0.3
    assert features["beside_run"][1] == 0
    assert features["run_share"][1] == pytest.approx(1)


def test_a_word_that_everybody_writes_this_week_joins_nothing() -> None:
    """A cup of the corpus' rare name: told in two leads it says much, told in two hundred little."""
    first, second = (f"Trận {n} ở Cúp Sông Hậu kết thúc" for n in ("ba", "tư"))

    def probability(others: int) -> float:
        neighbours = Neighbours(1_000)
        for number in range(others):
            lead = f"Cúp Sông Hậu và chuyện riêng{number} của đội lạ{number}"
            neighbours.add(features_of(Arrival(number, lead, "", "", NOON)))
        neighbours.add(features_of(Arrival("first", first, "", "", NOON)))
        numbers, probable = neighbours.near(features_of(Arrival("second", second, "", "", NOON)))
        return float(probable[numbers == others].sum())

    assert probability(200) < probability(0)


def test_a_round_up_is_near_nothing_and_nothing_is_near_it() -> None:
    title, sapo, _ = ONE["an appointment"][0]
    grouper = NumberedStories()
    roundup = grouper.add(Arrival(1, f"Điểm tin 6h: {title} | Giá tôm tăng mạnh", sapo, "", NOON))
    report = grouper.add(Arrival(2, title, sapo, "", NOON))
    again = grouper.add(Arrival(3, f"Điểm tin 17h: {title} | Giá tôm giảm mạnh", sapo, "", NOON))
    assert len({roundup, report, again}) == 3


def test_a_follow_up_that_leans_on_the_last_report_only_is_told_anew() -> None:
    """One report is near to it, four are not: the mean decides."""
    fire = [[f"Cháy chợ Bến Cau: sạp {n} cháy rụi", "Ngọn lửa thiêu rụi chợ Bến Cau.", n] for n in range(4)]
    last = ["Chợ Bến Cau họp lại ở bãi Đá, tiểu thương mừng", "Tiểu thương mừng ngày họp chợ ở bãi Đá.", 20]
    after = ["Tiểu thương mừng ngày họp chợ ở bãi Đá", "Bãi Đá đông người mua ngày họp chợ đầu tiên.", 40]
    grouper = NumberedStories()
    story = [grouper.add(arrival) for arrival in arrivals([*fire, last, after])]
    assert len(set(story[:4])) == 1
    assert story[-1] != story[0]


def test_words_of_an_article_that_left_count_no_more() -> None:
    frequencies = Frequencies()
    hashes = features_of(arrivals(ONE["an appointment"])[0]).lead.hashes
    before = frequencies.weights(hashes)
    frequencies.add(hashes)
    assert (frequencies.weights(hashes) < before).all()
    frequencies.remove(hashes)
    np.testing.assert_array_equal(frequencies.weights(hashes), before)


def test_where_to_join_is_a_probability() -> None:
    assert 0 < JOIN_AT < 1
