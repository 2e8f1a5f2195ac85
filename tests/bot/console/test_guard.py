"""Who gets in, who stays out, and what every answer carries. The rows of ASVS that these tests hold are in
docs/console.md."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.guard import COOKIE, IDLE_SECONDS, LONGEST_SECONDS, Sessions
from bot.news.services import Services
from tests.bot.conftest import ADMIN
from tests.bot.console.conftest import Browser, Served

PAGES = ("", "/nguon", "/lich", "/so", "/so/1", "/nguoi-nhan", "/thong-bao", "/tim", "/cach-ly", "/nhat-ky")
POSTS = (
    "/ra",
    "/lich/xem",
    "/lich/ghi",
    "/lich/hoan-tac",
    "/so/1/thu-hoi",
    "/so/duyet/1",
    "/so/dinh-chinh/xem",
    "/so/dinh-chinh/1/gui",
    "/nguon/thu",
    "/lich/thu/xem",
    "/cach-ly/nhan-lai",
    "/thong-bao/xem",
    "/thong-bao/1/gui",
    "/thong-bao/1/thu-hoi",
)


@pytest.fixture
def database(sqlite_database: Any) -> Any:
    """SQLite is enough: nothing here depends on the engine."""
    return sqlite_database


@pytest.mark.parametrize("path", [*PAGES, "/khong-co", "/vao/", "/giao-dien.css/x", "//vao"])
async def test_a_stranger_sees_nothing(stranger: Browser, path: str) -> None:
    answer = await stranger.get(path)
    assert answer.status == 401
    assert "csrf" not in answer.text


@pytest.mark.parametrize("path", POSTS)
async def test_a_stranger_changes_nothing(stranger: Browser, path: str) -> None:
    assert (await stranger.post(path, csrf="x")).status == 401


async def test_a_link_works_once_and_only_after_the_button(
    served: Served, make_browser: Callable[[], Browser]
) -> None:
    link = await served.invite()
    code, one = link.partition("ma=")[2], make_browser()
    assert link.startswith(served.url)
    for _ in range(2):  # a preview of the link uses nothing up
        door = await one.get(f"/vao?ma={code}")
        assert (door.status, "Set-Cookie" in door.headers) == (200, False)
    assert (await one.post("/vao", ma=code)).status == 303
    assert (await one.get()).status == 200
    assert (await make_browser().post("/vao", ma=code)).status == 401


async def test_a_newer_link_ends_the_one_before(served: Served, stranger: Browser) -> None:
    old = (await served.invite()).partition("ma=")[2]
    await served.invite()
    assert (await stranger.post("/vao", ma=old)).status == 401


@pytest.mark.parametrize("code", ["", "x" * 43, "x" * 10_000, "\u202e", "ma", "' OR 1=1 --"])
async def test_forged_links_are_refused(served: Served, stranger: Browser, code: str) -> None:
    await served.invite()
    assert (await stranger.post("/vao", ma=code)).status == 401


async def test_the_cookie_is_strict_hidden_from_scripts_and_bound_to_its_path(
    served: Served, stranger: Browser
) -> None:
    code = (await served.invite()).partition("ma=")[2]
    cookie = (await stranger.post("/vao", ma=code)).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/bang" in cookie
    assert code not in cookie


@pytest.mark.parametrize("value", ["", "x", "a.b.c", "\"'><script>", "x" * 5_000])
async def test_forged_cookies_are_refused(stranger: Browser, value: str) -> None:
    answer = await stranger.get(headers={"Cookie": f"{COOKIE}={value}"})
    assert answer.status in (400, 401)  # 400: no header may be so long


async def test_leaving_ends_the_session_for_a_copied_cookie_too(operator: Browser) -> None:
    [cookie] = list(operator.session.cookie_jar)
    copied = {"Cookie": f"{COOKIE}={cookie.value}"}
    assert (await operator.post("/ra", csrf=await operator.csrf())).status == 401
    assert (await operator.get(headers=copied)).status == 401


async def test_a_former_operator_is_logged_out(services: Services, operator: Browser, served: Served) -> None:
    assert (await operator.get()).status == 200
    served.console._guard._admins = frozenset()
    assert (await operator.get()).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://ac.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_forms_on_other_sites_are_refused(operator: Browser, headers: dict[str, str]) -> None:
    for path in POSTS:
        csrf = await operator.csrf()
        assert (await operator.post_raw(path, {"csrf": csrf}, headers)).status == 403, path
        assert (await operator.get()).status == 200, path


@pytest.mark.parametrize("csrf", [None, "", "x"])
async def test_forms_without_their_proof_are_refused(operator: Browser, csrf: str | None) -> None:
    form = {} if csrf is None else {"csrf": csrf}
    assert (await operator.post("/ra", **form)).status == 403
    assert (await operator.get()).status == 200


async def test_the_proof_of_another_session_does_not_count(make_browser: Callable[[], Browser]) -> None:
    one, other = make_browser(), make_browser()
    await one.log_in(ADMIN)
    await other.log_in(ADMIN)
    assert (await one.post("/ra", csrf=await other.csrf())).status == 403


@pytest.mark.parametrize("host", ["ac.example", "127.0.0.1", "127.0.0.1:1", "ac.example:80@127.0.0.1"])
async def test_a_foreign_name_that_resolves_to_this_machine_opens_nothing(
    operator: Browser, host: str
) -> None:
    assert (await operator.get(headers={"Host": host})).status in (400, 421)


@pytest.mark.parametrize("path", [*PAGES, "/khong-co", "/vao", "/giao-dien.css"])
async def test_every_answer_carries_the_headers(operator: Browser, stranger: Browser, path: str) -> None:
    for browser in (operator, stranger):
        headers = (await browser.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "script-src" not in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == ("max-age=3600" if path.endswith("css") else "no-store")
        assert "Access-Control-Allow-Origin" not in headers


async def test_a_flood_is_slowed_down_and_does_not_keep_others_out(
    make_browser: Callable[[], Browser],
) -> None:
    flooding = make_browser()
    await flooding.log_in()
    statuses = [
        answer.status for answer in await asyncio.gather(*(flooding.get("/nhat-ky") for _ in range(150)))
    ]
    assert statuses.count(200) == 120
    assert statuses.count(429) == 30


async def test_guessing_links_is_slowed_down(stranger: Browser) -> None:
    statuses = [(await stranger.post("/vao", ma=str(n))).status for n in range(25)]
    assert statuses == [401] * 20 + [429] * 5


async def test_a_long_form_is_refused_unread(operator: Browser) -> None:
    assert (await operator.post("/ra", csrf="x" * 30_000)).status == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "OPTIONS"])
async def test_other_methods_do_nothing(operator: Browser, method: str) -> None:
    answer = await operator._ask(method, "/so", headers={"Origin": operator.served.origin})
    assert answer.status in (403, 405)


class _Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_sessions_end_by_themselves() -> None:
    seconds = _Seconds()
    sessions = Sessions(seconds)
    secret = sessions.begin(1)
    seconds.now += IDLE_SECONDS
    assert sessions.find(secret) is not None
    seconds.now += IDLE_SECONDS + 1
    assert sessions.find(secret) is None
    secret = sessions.begin(1)
    began = seconds.now
    while seconds.now - began <= LONGEST_SECONDS - IDLE_SECONDS:
        seconds.now += IDLE_SECONDS
        assert sessions.find(secret) is not None
    seconds.now = began + LONGEST_SECONDS + 1
    assert sessions.find(secret) is None


def test_many_sessions_do_not_pile_up() -> None:
    sessions = Sessions()
    secrets = [sessions.begin(1) for _ in range(30)]
    assert sum(sessions.find(secret) is not None for secret in secrets) == 20


@given(st.text(max_size=200))
def test_no_text_is_a_session(text: str) -> None:
    sessions = Sessions()
    sessions.begin(1)
    assert sessions.find(text) is None
