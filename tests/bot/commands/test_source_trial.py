"""`diemtin sources try`: what it says of real answers over HTTP, and that it leaves nothing behind."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.bot.fetching.polls import BODY, LEAD, item, page, rss

Serve = Callable[..., str]

FEED_INSIDE = '<link rel="alternate" type="application/rss+xml" href="http://10.0.0.1/rss">'
DATED = {"pubDate": "11/20/2026 9:15:00 AM"}


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that serves pages by path, others being 404, and returns the address."""
    servers: list[ThreadingHTTPServer] = []

    def start(**pages: str | tuple[int, str]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = pages.get(self.path.lstrip("/").replace(".", "_") or "front", (404, ""))
                status, text = (200, found) if isinstance(found, str) else found
                body = text.encode()
                self.send_response(status)
                if status in (301, 302):
                    self.send_header("Location", text)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Log nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def declare(newsroom_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that adds a source of a host inside; requests need no pauses."""
    monkeypatch.setenv("DIEMTIN_CLOCK_RATE", "1000")

    def add(url: str, kind: str = "feed", *, more: str = "allow_private = true") -> None:
        file = newsroom_folder / "diemtin.toml"
        table = f'\n[[sources]]\nname = "gan"\ntitle = "Báo Gần"\n{kind} = "{url}"\n{more}\n'
        file.write_text(file.read_text(encoding="utf-8") + table, encoding="utf-8")

    return add


def test_a_feed_is_shown_as_it_would_be_taken(
    run: Any, serve: Serve, declare: Any, newsroom_folder: Path
) -> None:
    url = serve(
        rss=rss(
            item("Bến phà mở lại", link="/1", category="Thể thao", **DATED),
            item("Chợ nổi họp sớm", link="/2", pubDate="11/19/2026 8:00:00 PM"),
            item("", "", link="/3"),
        ),
        **{"1": page()},
    )
    declare(f"{url}/rss")
    result = run("sources", "try", "gan", "--json")
    facts = result.json
    assert result.code == 1  # one item was refused, and is named
    assert [refusal["path"] for refusal in facts["refused"]] == [f"{url}/rss#3"]
    assert (facts["taken"], facts["leads"], facts["whole"]) == (2, 2, 0)
    first = facts["first"][0]
    assert (first["title"], first["lead"], first["topic"]) == ("Bến phà mở lại", LEAD, "the-thao")
    assert (first["written"], first["published"]) == (DATED["pubDate"], "2026-11-20T09:15:00+07:00")
    assert facts["dates"] | {"order": "month", "is_proven": True} == facts["dates"]
    assert facts["page"]["reason"] is None
    assert facts["page"]["characters"] > 200
    assert run("stats", "--json").json["articles"] == 0


def test_an_operator_reads_the_same_in_words(run: Any, serve: Serve, declare: Any) -> None:
    declare(serve(rss=rss(item("Bến phà mở lại", link="/1", **DATED))) + "/rss")
    result = run("sources", "try", "gan")
    assert result.code == 0
    assert "1 bài: 0 có cả bài, 1 chỉ có lời dẫn" in result.out
    assert "1. Bến phà mở lại" in result.out
    assert "tháng trước ngày (các bài cho thấy rõ)" in result.out
    assert "! Trang của bài đầu không cho lấy cả bài: không có trang này (HTTP 404)" in result.out


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="alternate" type="application/rss+xml" title="Tin mới" href="rss.xml">',
        '<base href="/muc/"><link href="../rss.xml" type="application/atom+xml" rel="ALTERNATE home">',
        '<a href="rss.xml">Tin <b>mới</b></a>',
    ],
)
def test_a_page_leads_to_its_feed(run: Any, serve: Serve, declare: Any, head: str) -> None:
    url = serve(
        front=f"<html><head><title>Báo</title>{head}</head>{BODY}", rss_xml=rss(item("Bến phà mở lại"))
    )
    declare(f"{url}/")
    result = run("sources", "try", "gan")
    assert result.code == 0
    assert f'feed = "{url}/rss.xml"' in result.out
    assert "1. Bến phà mở lại" in result.out


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({"rss": (404, "")}, "không có trang này (HTTP 404)"),
        ({"rss": page()}, "không phải RSS/Atom"),
        ({"rss": (302, "http://169.254.169.254/latest")}, "địa chỉ dẫn vào mạng nội bộ"),
        ({"rss": rss(item("Bến phà mở lại")), "robots_txt": "User-agent: *\nDisallow: /"}, "robots.txt"),
        ({"rss": FEED_INSIDE}, "mạng nội bộ"),
    ],
)  # fmt: skip
def test_an_address_without_articles_is_reported_with_what_to_do(
    run: Any, serve: Serve, declare: Any, pages: dict[str, Any], said: str
) -> None:
    declare(serve(**pages) + "/rss")
    plain, json = run("sources", "try", "gan"), run("sources", "try", "gan", "--json")
    assert (plain.code, json.code) == (1, 1)
    assert said in plain.err
    assert "Nên làm: " in plain.err
    assert said in json.json["error"]


def test_nothing_inside_is_asked_for_an_address_that_is_not_declared(
    run: Any, serve: Serve, newsroom_folder: Path
) -> None:
    result = run("sources", "try", serve(rss=rss(item("Bến phà mở lại"))) + "/rss")
    assert result.code == 1
    assert "địa chỉ dẫn vào mạng nội bộ" in result.err


def test_a_page_and_files_can_be_tried_as_well(
    run: Any, serve: Serve, declare: Any, newsroom_folder: Path, jsonl: Any
) -> None:
    declare(serve(tb=page("Thông báo của bến phà")) + "/tb", "page")
    assert "1. Thông báo của bến phà" in run("sources", "try", "gan").out
    (newsroom_folder / "tin" / "a.jsonl").write_bytes(
        jsonl({"title": "Chợ nổi họp sớm", "body": LEAD}, {"x": 1})
    )
    result = run("sources", "try", "bao-bien")
    assert result.code == 1
    assert "1. Chợ nổi họp sớm" in result.out
    assert "a.jsonl:2" in result.out


@pytest.mark.parametrize(
    "target", ["khong-co", "ftp://bao.example/rss", "https://ten:mat@bao.example/rss", ""]
)
def test_what_is_neither_a_source_nor_an_address_is_wrong_use(
    run: Any, newsroom_folder: Path, target: str
) -> None:
    assert run("sources", "try", target).code == 2


def test_a_forgotten_scheme_is_understood_and_reported(run: Any, newsroom_folder: Path) -> None:
    result = run("sources", "try", "khong-co-that.invalid/rss")
    assert result.code == 1
    assert "hiểu là https://khong-co-that.invalid/rss" in result.err
    assert "không tìm thấy tên miền" in result.err


def test_a_newer_or_missing_database_does_not_matter(
    run: Any, serve: Serve, declare: Any, newer_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(serve(rss=rss(item("Bến phà mở lại"))) + "/rss")
    for file in ("newer.db", "chua-co.db"):
        monkeypatch.setenv("DIEMTIN_DATABASE_URL", f"sqlite+aiosqlite:///{newer_database.with_name(file)}")
        assert run("sources", "try", "gan").code == 0
    assert not newer_database.with_name("chua-co.db").exists()


def test_a_source_of_figures_is_read_once_with_what_is_refused(
    run: Any, serve: Serve, newsroom_folder: Path
) -> None:
    rows = (
        '[{"name": "Vàng SJC", "value": 152.5, "unit": "triệu", "time": "2026-11-20T08:30:00+07:00"},'
        ' {"name": "Đô la", "value": "cao", "time": "2026-11-20T08:30:00+07:00"}]'
    )
    address = f"{serve(gia_json=rows)}/gia.json"
    declared = f'\n[[sources]]\nname = "gia"\ntitle = "Giá"\nfigures = "{address}"\nallow_private = true\n'
    file = newsroom_folder / "diemtin.toml"
    file.write_text(file.read_text("utf-8") + declared, encoding="utf-8")
    result = run("sources", "try", "gia", "--json")
    assert result.code == 1
    assert [one["value"] for one in result.json["figures"]] == ["152,5"]
    assert '"value"' in result.json["refused"][0]["reason"]
    said = run("sources", "try", "gia").out
    assert "Vàng SJC: 152,5 triệu (2026-11-20T08:30:00+07:00)" in said
    file.write_text(
        file.read_text("utf-8").replace(address, "./khong-co.json").replace("allow_private = true\n", ""),
        "utf-8",
    )
    assert run("sources", "try", "gia").code == 1


def test_check_names_keys_that_a_source_of_figures_has_not(run: Any, newsroom_folder: Path) -> None:
    file = newsroom_folder / "diemtin.toml"
    wrong = '\n[[sources]]\nname = "gia"\ntitle = "Giá"\nfigures = "./gia.json"\nquote = "full"\n'
    wrong += "every_minutes = 5\n"
    file.write_text(file.read_text("utf-8") + wrong, encoding="utf-8")
    said = run("check").out
    assert "quote" in said
    assert "không dùng cho nguồn số liệu" in said
    assert "chỉ dùng cho nguồn là địa chỉ mạng" in said
