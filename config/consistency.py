"""Rules between the tables of a newsroom file.

The checks read the document as written and ignore values of the wrong type, so these problems and those that
`newsroom` finds within one table are reported together.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from config.defaults import BUILT_IN_TOPICS, FREE_MESSAGES_PER_SECOND
from config.toml_lines import KeyPath
from config.values import nearest, shown

Complaint = tuple[KeyPath, str]


def complaints_between_tables(document: Mapping[str, Any]) -> Iterator[Complaint]:
    """Yield the problems between tables: repeated names, undeclared topics, sources without one origin, …"""
    for kind in ("sources", "topics", "editions"):
        yield from _repeated_names(document, kind)
    yield from _repeated_aliases(document)
    yield from _undeclared_topics(document)
    yield from _wrong_origins(document)
    yield from _several_defaults(document)
    if "feeds" in document and "health" not in document:
        yield ("feeds",), "cần có bảng [health]: bản tin trên web được phục vụ ở cổng ấy"
    yield from _unpaid_rate(document)
    for index, edition in _tables(document, "editions"):
        if "approve_else" in edition and "approve" not in edition:
            yield ("editions", index, "approve_else"), 'chỉ dùng khi có approve, ví dụ approve = "20m"'
        for key in ("times", "days", "topics"):
            yield from _repeated_elements(edition, ("editions", index, key))


def _unpaid_rate(document: Mapping[str, Any]) -> Iterator[Complaint]:
    sending = document.get("sending")
    if not isinstance(sending, dict) or sending.get("paid") is True:
        return
    wanted = sending.get("messages_per_second")
    if isinstance(wanted, int) and wanted > FREE_MESSAGES_PER_SECOND:
        yield (
            ("sending", "messages_per_second"),
            f"trên {FREE_MESSAGES_PER_SECOND} tin mỗi giây Telegram tính 0,1 Sao một tin; "
            "chịu trả thì ghi thêm paid = true",
        )


def _tables(document: Mapping[str, Any], kind: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    written = document.get(kind)
    if isinstance(written, list):
        yield from ((index, table) for index, table in enumerate(written) if isinstance(table, dict))


def _words(value: object) -> list[tuple[int, str]]:
    if not isinstance(value, list):
        return []
    return [(index, element) for index, element in enumerate(value) if isinstance(element, str)]


def _repeated_names(document: Mapping[str, Any], kind: str) -> Iterator[Complaint]:
    seen: dict[str, int] = {}
    for index, table in _tables(document, kind):
        name = table.get("name")
        if isinstance(name, str) and seen.setdefault(name, index) != index:
            yield (kind, index, "name"), f"tên {shown(name)} đã dùng ở {kind}[{seen[name]}]; hãy đặt tên khác"


def _repeated_aliases(document: Mapping[str, Any]) -> Iterator[Complaint]:
    seen: dict[str, int] = {}
    for index, topic in _tables(document, "topics"):
        for position, alias in _words(topic.get("aliases")):
            first = seen.setdefault(alias.strip().casefold(), index)
            if first != index:
                message = f"tên gọi {shown(alias)} đã thuộc topics[{first}]; mỗi tên gọi chỉ thuộc một chủ đề"
                yield ("topics", index, "aliases", position), message


def _repeated_elements(edition: Mapping[str, Any], path: KeyPath) -> Iterator[Complaint]:
    seen: set[str] = set()
    for position, element in _words(edition.get(str(path[-1]))):
        if element in seen:
            yield (*path, position), f"{shown(element)} đã có trong danh sách này; hãy bỏ bớt một"
        seen.add(element)


def _undeclared_topics(document: Mapping[str, Any]) -> Iterator[Complaint]:
    declared = {str(topic.get("name")) for _, topic in _tables(document, "topics")}
    if "topics" not in document:
        declared = set(BUILT_IN_TOPICS)
    for path, name in _topics_used(document):
        if name not in declared:
            similar = nearest(name, sorted(declared))
            known = f"các chủ đề đã khai báo: {', '.join(sorted(declared))}"
            hint = f"ý bạn là «{similar}»?" if similar else known
            yield path, f"chưa khai báo chủ đề {shown(name)}; {hint}"


def _topics_used(document: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for index, source in _tables(document, "sources"):
        if isinstance(source.get("topic"), str):
            yield ("sources", index, "topic"), source["topic"]
    for index, edition in _tables(document, "editions"):
        for position, name in _words(edition.get("topics")):
            yield ("editions", index, "topics", position), name
    breaking = document.get("breaking")
    for position, name in _words(breaking.get("topics")) if isinstance(breaking, dict) else ():
        yield ("breaking", "topics", position), name


def _wrong_origins(document: Mapping[str, Any]) -> Iterator[Complaint]:
    for index, source in _tables(document, "sources"):
        origins = [key for key in ("inbox", "feed", "page", "figures") if key in source]
        if len(origins) != 1:
            message = (
                "mỗi nguồn cần đúng một trong bốn khóa: inbox (thư mục tin), feed (địa chỉ hoặc tệp RSS), "
                "page (địa chỉ một trang), figures (địa chỉ hoặc tệp số liệu JSON)"
            )
            yield ("sources", index), message
        else:
            yield from _keys_without_use(source, origins[0], index)


def _keys_without_use(source: Mapping[str, Any], origin: str, index: int) -> Iterator[Complaint]:
    is_polled = origin == "page" or (origin != "inbox" and "://" in str(source[origin]))
    for key in ("quote", "preview", "topic", "full_text") if origin == "figures" else ():
        if key in source:
            yield ("sources", index, key), "không dùng cho nguồn số liệu; hãy bỏ khóa này"
    if "stale_hours" in source and origin != "figures":
        yield ("sources", index, "stale_hours"), "chỉ dùng cho figures; hãy bỏ khóa này"
    for key in ("every_minutes", "allow_private", "full_text"):
        if key in source and not is_polled and not (origin == "figures" and key == "full_text"):
            yield ("sources", index, key), "chỉ dùng cho nguồn là địa chỉ mạng; hãy bỏ khóa này"
    if "full_text" in source and origin == "page":
        yield (
            ("sources", index, "full_text"),
            "chỉ dùng cho feed; trang luôn được đọc cả bài, hãy bỏ khóa này",
        )
    if "move_files" in source and origin != "inbox":
        yield ("sources", index, "move_files"), "chỉ dùng cho inbox; hãy bỏ khóa này"


def _several_defaults(document: Mapping[str, Any]) -> Iterator[Complaint]:
    marked = [index for index, edition in _tables(document, "editions") if edition.get("default") is True]
    for index in marked[1:]:
        message = f"chỉ một bản tin được là mặc định; editions[{marked[0]}] đã ghi default = true"
        yield ("editions", index, "default"), message
