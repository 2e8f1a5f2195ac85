"""Schedules changed in the console: seen before they are written, written nowhere else, undone by one tap."""

import re
from collections.abc import Awaitable, Callable
from functools import partial
from html import unescape
from pathlib import Path

import pytest

from bot.commands.newsroom_writing import newsroom_file
from bot.jobs.reload import NewsroomWatch
from bot.news.services import Services
from bot.operators.schedule_control import coming_slots, compare
from bot.startup.assembly import assemble
from config.reading import content_hash, load_newsroom
from storage.profiles import Choices, find_audiences, find_profiles, join_profile
from storage.subscribers import set_quiet, subscribe
from tests.bot.conftest import ADMIN
from tests.bot.console.conftest import Answered, Browser

Reader = Callable[..., Awaitable[int]]

FILE = """# Tòa soạn Sông Hương
[[editions]]
name = "sang"
title = "Tin sáng"
times = ["06:45"]   # trước giờ họp

[[editions]]
name = "toi"
title = "Tin tối"
times = [
\t"18:30",  # sau cơm
]
# hết
"""


class Kept:
    """A newsroom file, as an editor sees it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def save(self, content: str | bytes) -> None:
        """Replace its content."""
        self._path.write_bytes(content.encode() if isinstance(content, str) else content)

    def bytes(self) -> bytes:
        """Return its content."""
        return self._path.read_bytes()

    @property
    def text(self) -> str:
        """Return its text."""
        return self.bytes().decode()


@pytest.fixture
def file(services: Services, tmp_path: Path) -> Kept:
    """The newsroom file of these services."""
    path = tmp_path / "diemtin.toml"
    path.write_text(FILE, encoding="utf-8")
    services.newsroom = assemble(load_newsroom(path))
    watch = NewsroomWatch(path, lambda path: assemble(load_newsroom(path)), content_hash)
    services.file = newsroom_file(path, partial(watch.adopt, services))
    return Kept(path)


Form = list[tuple[str, str]]


def fields(html: str, **wanted: str) -> Form:
    """Return what the main form of a page sends, with other values."""
    main = html.partition("<main")[2]
    found = re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"([^>]*)>', main)
    ticks = re.findall(r'<input type="checkbox" name="([^"]+)" value="([^"]*)">', main)
    sent = [(name, unescape(value)) for name, value, rest in found if (name, value) not in ticks]
    return [(name, value) for name, value in sent if name not in wanted] + list(wanted.items())


async def send(operator: Browser, path: str, form: Form) -> Answered:
    """Send a form."""
    return await operator._ask("POST", path, data=form, headers={"Origin": operator.served.origin})


async def form(operator: Browser, **wanted: str) -> Form:
    """Return what the form of the morning's edition sends, with other values."""
    return fields((await operator.get("/lich/sua?ban=sang")).text, **wanted)


async def change(operator: Browser, **wanted: str) -> str:
    """Ask for a change and confirm it; return the page that was confirmed."""
    seen = await send(operator, "/lich/xem", await form(operator, **wanted))
    assert seen.status == 200
    written = await send(operator, "/lich/ghi", fields(seen.text))
    assert written.status == 303, written.text
    return seen.text


async def test_times_are_seen_before_and_after_then_written_and_taken_over(
    services: Services, operator: Browser, file: Kept, reader: Reader
) -> None:
    await reader(1)
    seen = await change(operator, times="6h30, 21:30")
    assert seen.count("1 người nhận") == 7 + 14
    assert seen.count("1 trong giờ yên tĩnh") == 0
    assert file.text == FILE.replace('["06:45"]', '["06:30", "21:30"]')
    edition = services.newsroom.find_edition("sang")
    assert edition is not None
    assert [f"{time:%H:%M}" for time in edition.schedule.times] == ["06:30", "21:30"]
    async with services.database.read() as connection:
        [profile] = await find_profiles(connection)
    assert profile.next_due_at == edition.schedule.next_after(services.clock.now())
    assert "Sửa tệp cấu hình: <bdi>bản tin sang</bdi>" in (await operator.get("/nhat-ky")).text


async def test_one_tap_undoes_a_change_unless_the_file_changed_since(
    services: Services, operator: Browser, file: Kept
) -> None:
    await change(operator, times="07:00")
    shown = (await operator.get("/lich")).text
    shown = re.sub(r"</?(?:bdi|time)[^<>]*>", "", shown)
    assert f"bản tin sang (05:00, người quản trị {ADMIN})" in shown, "what is undone, and whose it is"
    assert (await operator.post("/lich/hoan-tac", csrf=await operator.csrf())).status == 303
    assert file.text == FILE
    assert services.newsroom.default_edition.schedule.times[0].hour == 6
    assert "Hoàn tác" not in (await operator.get("/lich")).text
    await change(operator, times="07:00")
    by_hand = file.text + "# thêm tay\n"
    file.save(by_hand)
    assert "đã được sửa thêm" in (await operator.post("/lich/hoan-tac", csrf=await operator.csrf())).text
    assert file.text == by_hand


@pytest.mark.parametrize("when", ["before the look", "before the write"])
async def test_what_was_saved_in_an_editor_meanwhile_is_never_overwritten(
    operator: Browser, file: Kept, when: str
) -> None:
    wanted = await form(operator, times="07:00")
    edited = FILE.replace("Tin sáng", "Tin sớm")
    if when == "before the look":
        file.save(edited)
    seen = await send(operator, "/lich/xem", wanted)
    file.save(edited)
    answer = await send(operator, "/lich/ghi", fields(seen.text)) if when == "before the write" else seen
    assert "vừa được sửa ở nơi khác" in answer.text
    assert file.text == edited


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        ({"times": "25:99"}, "giờ phải viết HH:MM"),
        ({"times": ""}, "danh sách không được để trống"),
        ({"zone": "Sao/Hoa"}, "không có múi giờ"),
        ({"reading_minutes": "99"}, "số quá lớn"),
        ({"reading_minutes": "ba"}, "phải là số nguyên"),
        ({"title": "\u202e" * 70}, "tên hiển thị"),
        ({"topics": "khong-co"}, "chưa khai báo chủ đề"),
        ({"ban": "khong-co"}, "không còn trong tệp"),
        ({"viec": "pha"}, "không rõ phải sửa gì"),
    ],
)
async def test_what_check_refuses_is_refused_here_in_the_same_words(
    operator: Browser, file: Kept, wanted: dict[str, str], complaint: str
) -> None:
    seen = await send(operator, "/lich/xem", await form(operator, **wanted))
    assert complaint in seen.text
    assert "Ghi vào tệp" not in seen.text
    written = await send(operator, "/lich/ghi", await form(operator, **wanted))
    assert written.status == 200
    assert file.text == FILE


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'[[editions]]\nname = "sang"\n', "thiếu khóa"),
        (b"[[editions]", "sai cú pháp"),
        (FILE.encode("utf-16"), "không phải UTF-8"),
        (b"", "chưa có bản tin nào"),
    ],
)
async def test_a_half_written_file_is_left_alone(
    operator: Browser, file: Kept, content: bytes, complaint: str
) -> None:
    wanted = await form(operator, times="07:00", mo="")
    file.save(content)
    seen = await send(operator, "/lich/xem", wanted)
    assert complaint in seen.text or "tệp đang" in seen.text
    assert file.bytes() == content


async def test_marks_and_line_ends_of_windows_stay(operator: Browser, file: Kept) -> None:
    file.save(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    await change(operator, times="07:00")
    changed = FILE.replace("06:45", "07:00").replace("\n", "\r\n").encode()
    assert file.bytes() == b"\xef\xbb\xbf" + changed


async def test_an_edition_is_added_paused_run_again_and_dropped(
    services: Services, operator: Browser, file: Kept
) -> None:
    csrf = await operator.csrf()
    page = (await operator.get("/lich/sua?viec=them")).text
    new = fields(page, name="trua", title="Tin trưa", times="12h", days="T2")
    seen = await send(operator, "/lich/xem", new)
    assert (await send(operator, "/lich/ghi", fields(seen.text))).status == 303
    for step in ("dung", "chay", "bo"):
        seen = await operator.post("/lich/xem", csrf=csrf, viec=step, ban="trua")
        assert (await send(operator, "/lich/ghi", fields(seen.text))).status == 303
        edition = services.newsroom.find_edition("trua")
        assert (edition.is_paused if edition else None) is {"dung": True, "chay": False, "bo": None}[step]
    assert file.text == FILE.replace("\n# hết", "\n\n# hết")


async def test_general_values_and_limits_are_changed(
    services: Services, operator: Browser, file: Kept
) -> None:
    for kind, key, value in (("chung", "reading_minutes", "7"), ("gioi-han", "questions_per_hour", "30")):
        page = (await operator.get(f"/lich/sua?viec={kind}")).text
        seen = await send(operator, "/lich/xem", fields(page, **{key: value}))
        assert (await send(operator, "/lich/ghi", fields(seen.text))).status == 303
    assert services.newsroom.default_edition.reading_minutes == 7
    assert services.newsroom.questions_per_hour == 30
    assert file.text.startswith(FILE.rstrip("\n"))


async def test_without_a_file_there_is_nothing_to_change(operator: Browser) -> None:
    page = await operator.get("/lich")
    assert "chỉ xem được" in page.text
    assert (await operator.post("/lich/xem", csrf=await operator.csrf(), viec="dung")).status == 404


async def test_readers_are_counted_by_their_own_times_and_quiet_hours(
    services: Services, file: Kept, reader: Reader
) -> None:
    now = services.clock.now()
    for chat in (1, 2, 3):
        await reader(chat)
    async with services.database.write() as connection:
        own = await join_profile(connection, Choices("sang", times=("23:00",)), next_due_at=now, now=now)
        await subscribe(connection, 4, kind="private", profile_id=own, now=now)
        await set_quiet(connection, 3, 6 * 60, 7 * 60, now=now)
        audiences = await find_audiences(connection)
    slots = coming_slots(services.newsroom, audiences, now)
    assert len(slots) == 21
    assert sum(one.readers for one in slots) == 7 * (3 + 1)
    assert sum(one.quiet for one in slots) == 7 * (1 + 1)
    assert {one.readers for one in slots if one.edition == "toi"} == {0}
    assert all(one.before == one.after for one in compare(slots, slots))


@pytest.mark.parametrize(
    "path", ["/lich/sua?ban=khong-co", "/lich/sua?viec=pha", "/lich/sua?ban=" + "x" * 900]
)
async def test_a_form_for_what_is_not_there_is_no_page(operator: Browser, file: Kept, path: str) -> None:
    assert (await operator.get(path)).status == 404


async def test_a_source_is_added_and_dropped(operator: Browser, file: Kept, services: Services) -> None:
    assert "/bang/lich/sua?viec=nguon" in (await operator.get("/nguon")).text
    form = (await operator.get("/lich/sua?viec=nguon&feed=https%3A%2F%2Fwww.Bao.example%2Frss")).text
    assert 'value="https://www.Bao.example/rss"' in form
    assert 'name="name" type="text" autocomplete="off" maxlength="400" value="bao-example"' in form
    wanted = {"viec": "nguon", "name": "bao", "title": "Báo <b>", "feed": "https://bao.example/rss"}
    csrf = await operator.csrf()
    seen = await operator.post("/lich/xem", csrf=csrf, **wanted, full_text="co")
    assert "Giờ phát không đổi" in seen.text
    print_mark = re.search(r'name="dau-vet" value="([^"]+)"', seen.text)
    assert print_mark is not None
    wrote = await operator.post("/lich/ghi", csrf=csrf, **wanted, **{"dau-vet": print_mark[1]})
    assert (wrote.status, wrote.headers["Location"]) == (303, "/bang/nguon")
    assert '[[sources]]\nname = "bao"\ntitle = "Báo <b>"\nfeed = "https://bao.example/rss"\n' in file.text
    assert file.text.startswith("# Tòa soạn Sông Hương")
    assert [one.name for one in services.newsroom.sources] == ["bao"]
    assert "Báo &lt;b&gt;" in (await operator.get("/nguon")).text
    assert "nguồn bao" in (await operator.get("/nhat-ky")).text
    again = await operator.post("/lich/xem", csrf=csrf, **wanted)
    assert "Chưa ghi được" in again.text  # the name is taken
    for feed in ("khong phai", "/etc/passwd", "file:///etc/passwd", "https://ten:khoa@bao.example/", ""):
        assert (
            "Chưa ghi được"
            in (await operator.post("/lich/xem", csrf=csrf, **(wanted | {"name": "hai", "feed": feed}))).text
        )
    dropping = {"viec": "bo-nguon", "ban": "bao"}
    seen = await operator.post("/lich/xem", csrf=csrf, **dropping)
    print_mark = re.search(r'name="dau-vet" value="([^"]+)"', seen.text)
    assert print_mark is not None
    await operator.post("/lich/ghi", csrf=csrf, **dropping, **{"dau-vet": print_mark[1]})
    assert services.newsroom.sources == ()
    gone = await operator.post("/lich/xem", csrf=csrf, **dropping)
    assert "nguồn này không còn trong tệp" in gone.text
