"""The result of trying a source: as a JSON value, and as lines of Vietnamese."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from textwrap import shorten
from typing import Any

from bot.fetching.source_health import AHEAD, OLD, UNDATED
from bot.jobs.sources.source_probe import Probed
from bot.jobs.sources.source_reading import Item
from bot.news.newsroom import Newsroom, WebSource
from storage.figures import Figure
from storage.intake.date_style import ClockZone, DateStyle
from storage.intake.date_text import DateOrder
from storage.intake.drafts import Incoming, Refusal
from storage.times import published_text, to_rfc3339

_SHOWN = 3
_MOST_REFUSALS = 10
_LEAD_CHARACTERS = 160
_ORDERS = {DateOrder.DAY_FIRST: "day", DateOrder.MONTH_FIRST: "month"}
_ORDER_WORDS = {"day": "ngày trước tháng", "month": "tháng trước ngày"}
_CLOCK_WORDS = {
    ClockZone.LOCAL: "báo ghi giờ quốc tế nhưng thật ra là giờ của báo",
    ClockZone.UTC: "báo ghi giờ quốc tế (UTC) mà không nói",
}
_DATING_WORDS = {
    OLD: "mọi bài đều ghi giờ đăng cũ hơn một tháng nên không bài nào vào bản tin",
    AHEAD: "mọi bài đều ghi giờ đăng ở tương lai nên bot chỉ tính giờ nhận được",
    UNDATED: "không bài nào có giờ đăng đọc được nên bot chỉ tính giờ nhận được",
}


def facts_of(probed: Probed, newsroom: Newsroom) -> dict[str, Any]:
    """Return the result of a trial as a JSON value."""
    source, trial, items, topics = probed.source, probed.trial, probed.items, probed.topics
    taken = [item for item in items if isinstance(item.taken, Incoming)]
    refused = [item.taken for item in items if isinstance(item.taken, Refusal)]
    leads = [item for item in taken if item.is_lead_only]
    shown = zip(taken[:_SHOWN], topics, strict=False)
    return {
        "source": source.name,
        "address": source.url if isinstance(source, WebSource) else str(source.path),
        "kind": source.kind,
        "read_from": trial.source.url if trial else None,
        "landed_at": trial.fetched.url if trial else None,
        "moved_to": trial.fetched.moved_to if trial else None,
        "feeds": [feed.model_dump() for feed in trial.feeds] if trial else [],
        "taken": len(taken),
        "leads": len(leads),
        "whole": len(taken) - len(leads),
        "elsewhere": trial.answer.elsewhere if trial else 0,
        "left_out": trial.answer.left_out if trial else 0,
        "first": [_item_facts(item, topic, newsroom.zone) for item, topic in shown],
        "dates": _date_facts(items) | {"trouble": probed.dating},
        "topics": dict(Counter(newsroom.topics.get(name or "", "không rõ") for name in topics).most_common()),
        "page": asdict(trial.page) if trial and trial.page else None,
        "full_text": isinstance(source, WebSource) and source.full_text,
        "refused": [asdict(refusal) for refusal in refused],
    }


def _item_facts(item: Item, topic: str | None, zone: str) -> dict[str, Any]:
    article = item.taken
    assert isinstance(article, Incoming)  # noqa: S101 - only taken items are shown
    return {
        "title": article.title,
        "written": item.draft.published if item.draft else "",
        "published": published_text(article.published, zone),
        "source": article.source,
        "topic": topic,
        "url": article.url,
        "lead": shorten(article.sapo or article.body, _LEAD_CHARACTERS, placeholder=" …"),
        "is_lead_only": item.is_lead_only,
        "is_advertorial": article.advertorial,
    }


def _date_facts(items: Sequence[Item]) -> dict[str, Any]:
    style = next((one.draft.date_style for one in items if one.draft and one.draft.date_style), DateStyle())
    undated = sum(isinstance(one.taken, Incoming) and one.taken.published is None for one in items)
    return {
        "order": _ORDERS[style.order] if style.order else None,
        "is_proven": style.is_proven,
        "clock": str(style.clock_zone),
        "has_lost_half": style.has_lost_half,
        "undated": undated,
    }


def lines_of(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield the facts as an operator reads them on a terminal."""
    yield f"{facts['address']}"
    yield from (f"  {line}" for line in head_lines(facts))
    yield from _item_lines(facts["first"])
    yield from (f"  {line}" for line in tail_lines(facts))
    yield "Chỉ thử: chưa lưu gì."


def head_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield from where the source was read, and how many articles it gave."""
    yield from _ways(facts)
    if not facts["taken"]:
        yield "Không có bài nào dùng được."
    else:
        whole, leads = facts["whole"], facts["leads"]
        yield f"{facts['taken']} bài: {whole} có cả bài, {leads} chỉ có lời dẫn"


def tail_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what there is to say of times, topics, pages and refusals."""
    yield from _date_lines(facts["dates"])
    if facts["topics"]:
        yield "Chủ đề: " + ", ".join(f"{title} {count}" for title, count in facts["topics"].items())
    yield from _page_lines(facts)
    yield from _refusals(facts)


def _ways(facts: Mapping[str, Any]) -> Iterator[str]:
    if facts["feeds"]:
        yield "Đây là trang web, không phải feed; trang này giới thiệu các feed:"
        for feed in facts["feeds"]:
            yield f"  {feed['url']}" + (f"  ({feed['title']})" if feed["title"] else "")
        yield f'Đã đọc feed đầu. Ghi vào tệp cấu hình: feed = "{facts["read_from"]}"'
    elif facts["moved_to"]:
        yield f'Đã chuyển hẳn sang địa chỉ mới; nên ghi: {facts["kind"]} = "{facts["moved_to"]}"'
    elif facts["landed_at"] and facts["landed_at"] != facts["read_from"]:
        yield f"Được dẫn sang {facts['landed_at']}"
    if facts["elsewhere"]:
        yield f"{facts['elsewhere']} bài dẫn sang trang của báo khác; chúng sẽ đứng tên nguồn này"
    if facts["left_out"]:
        yield f"Bỏ lại {facts['left_out']} bài cũ hơn vì feed có quá nhiều một lần"


def _item_lines(first: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for number, item in enumerate(first, start=1):
        yield f"\n  {number}. {item['title']}"
        understood = item["published"] or "không rõ, sẽ tính từ lúc nhận"
        yield f"     Đăng lúc: {understood}" + (f"  (báo ghi «{item['written']}»)" if item["written"] else "")
        yield f"     Nguồn: {item['source']} · Chủ đề: {item['topic'] or 'không rõ'}"
        yield f"     Liên kết: {item['url'] or 'không có'}"
        yield f"     Mở đầu: {item['lead'] or 'không có, chỉ có tiêu đề'}"
        if item["is_advertorial"]:
            yield "     Bài quảng cáo: không vào bản tin"
    if first:
        yield ""


def _date_lines(dates: Mapping[str, Any]) -> Iterator[str]:
    if dates["trouble"]:
        yield f"! Giờ đăng: {_DATING_WORDS[dates['trouble']]}"
        return
    if dates["order"] is None:
        order = "không rõ ngày hay tháng đứng trước vì các bài ghi trái nhau; giờ chưa rõ tính từ lúc nhận"
    else:
        sure = "các bài cho thấy rõ" if dates["is_proven"] else "theo lệ thường"
        order = f"{_ORDER_WORDS[dates['order']]} ({sure})"
    words = [order, *([_CLOCK_WORDS[clock]] if (clock := dates["clock"]) in _CLOCK_WORDS else [])]
    if dates["has_lost_half"]:
        words.append("báo ghi giờ 12 tiếng không có sáng chiều")
    if dates["undated"]:
        words.append(f"{dates['undated']} bài không có giờ đăng đọc được")
    yield f"Giờ đăng: {'; '.join(words)}"


def _page_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    page = facts["page"]
    if page is None:
        return
    if page["reason"]:
        yield f"! Trang của bài đầu không cho lấy cả bài: {page['reason']}"
        yield f"  {page['url']}"
    else:
        yield f"Trang của bài đầu cho đọc cả bài: {page['characters']} ký tự"
    if not facts["full_text"] and not page["reason"]:
        yield "Muốn có cả bài thay vì lời dẫn: thêm full_text = true vào nguồn này"


def _refusals(facts: Mapping[str, Any]) -> Iterator[str]:
    refused = facts["refused"]
    if refused:
        yield f"Không nhận {len(refused)} bài:"
    for refusal in refused[:_MOST_REFUSALS]:
        yield f"  ✗ {refusal['path']}: {refusal['reason']}"
    if len(refused) > _MOST_REFUSALS:
        yield f"  … và {len(refused) - _MOST_REFUSALS} bài nữa"


def facts_of_figures(name: str, address: str, given: Sequence[Figure | Refusal], zone: str) -> dict[str, Any]:
    """Return the result of a trial of a source of daily figures."""
    figures = [one for one in given if isinstance(one, Figure)]
    return {
        "source": name,
        "address": address,
        "kind": "figures",
        "figures": [
            {"label": one.label, "value": one.value, "unit": one.unit, "time": to_rfc3339(one.at, zone)}
            for one in figures
        ],
        "refused": [asdict(one) for one in given if isinstance(one, Refusal)],
    }


def figure_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield these facts as an operator reads them."""
    yield facts["address"]
    yield f"  {len(facts['figures'])} số liệu"
    for one in facts["figures"][:_SHOWN]:
        yield f"  {one['label']}: {one['value']} {one['unit']} ({one['time']})"
    for one in facts["refused"]:
        yield f"  ✗ {one['path']}: {one['reason']}"
