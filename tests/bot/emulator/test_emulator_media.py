"""Photos and documents through the real library: sent, sent again, replaced, refused."""

import io
import zlib
from collections.abc import Callable

import aiohttp
import pytest
from PIL import Image
from telegram import Bot, InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest

from bot.emulator.api import Emulator
from bot.emulator.chats import world
from bot.emulator.chats.world import FileStore, Upload
from bot.emulator.client import Control
from bot.emulator.methods import send_media


def picture(width: int = 60, height: int = 40, kind: str = "PNG") -> bytes:
    """A picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#1c6fb0").save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "mime_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
async def test_a_photo_is_sent_shown_and_sent_again(
    bot: Bot, users: Control, emulator: Emulator, an: int, kind: str, mime_type: str
) -> None:
    content = picture(kind=kind)
    sent = await bot.send_photo(an, content, caption="<b>Giá vàng</b> 30 ngày", parse_mode="HTML")
    (size,) = sent.photo
    assert (size.width, size.height, size.file_size) == (60, 40, len(content))
    assert (sent.caption, sent.caption_entities[0].type) == ("Giá vàng 30 ngày", "bold")
    assert await (await bot.get_file(size.file_id)).download_as_bytearray() == content
    assert (await bot.send_photo(an, size.file_id)).photo == sent.photo
    (seen, _) = await users.wait(an, count=2)
    assert seen["photo"][0]["width"] == 60
    async with (
        aiohttp.ClientSession(emulator.url) as session,
        session.get(f"/_control/files/{size.file_id}") as response,
    ):
        assert (response.content_type, await response.read()) == (mime_type, content)


async def test_what_is_no_picture_stays_a_download(bot: Bot, emulator: Emulator, an: int) -> None:
    """A file that could run in the page's name must not be opened there."""
    sent = await bot.send_document(an, io.BytesIO(b"<script>alert(1)</script>"), filename="a.html")
    assert sent.document is not None
    async with (
        aiohttp.ClientSession(emulator.url) as session,
        session.get(f"/_control/files/{sent.document.file_id}") as response,
    ):
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"] == "attachment"
        assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda: b"<svg/>", "Image_process_failed"),
        (lambda: picture()[:60], "Image_process_failed"),
        (lambda: picture(2100, 100), "Photo_invalid_dimensions"),
        (lambda: picture(9000, 1001), "Photo_invalid_dimensions"),
        (bytes, "File must be non-empty"),
    ],
)
async def test_what_telegram_takes_for_no_photo_is_refused(
    bot: Bot, an: int, content: Callable[[], bytes], reason: str
) -> None:
    with pytest.raises(BadRequest, match=reason):
        await bot.send_photo(an, io.BytesIO(content()), filename="a.png")


async def test_a_picture_that_would_fill_the_memory_is_refused(bot: Bot, an: int) -> None:
    """Its header alone says how many pixels it would become."""
    bomb = bytearray(picture())
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    with pytest.raises(BadRequest, match="Photo_invalid_dimensions"):
        await bot.send_photo(an, io.BytesIO(bytes(bomb)), filename="a.png")


async def test_a_photo_past_its_own_bound_is_refused(
    bot: Bot, an: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = picture()
    monkeypatch.setattr(send_media, "MAX_PHOTO_BYTES", len(content) - 1)
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.send_photo(an, content)
    await bot.send_document(an, content)


async def test_a_photo_can_be_replaced_with_its_caption(bot: Bot, users: Control, an: int) -> None:
    sent = await bot.send_photo(an, picture(), caption="Một")
    await bot.edit_message_caption(an, sent.message_id, caption="Hai")
    edited = await bot.edit_message_media(InputMediaPhoto(picture(80, 40), caption="Ba"), an, sent.message_id)
    assert not isinstance(edited, bool)
    assert (edited.photo[0].width, edited.caption) == (80, "Ba")
    (seen,) = await users.wait(an)
    assert [(row["text"], row["photo"][0]["width"]) for row in seen["edits"]] == [("Một", 60), ("Hai", 60)]


async def test_a_text_can_become_a_document(bot: Bot, users: Control, an: int) -> None:
    sent = await bot.send_message(an, "Đang vẽ…")
    await bot.edit_message_media(InputMediaDocument(b"{}", filename="tin.json"), an, sent.message_id)
    (seen,) = await users.wait(an)
    assert (seen["text"], seen["document"]["file_name"]) == ("", "tin.json")


async def test_edits_of_media_that_cannot_be_are_refused(bot: Bot, emulator: Emulator, an: int) -> None:
    photo = await bot.send_photo(an, picture(), caption="Một")
    text = await bot.send_message(an, "Tin")
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await bot.edit_message_caption(an, text.message_id, caption="x")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_caption(an, photo.message_id, caption="Một")
    same = InputMediaPhoto(photo.photo[0].file_id, caption="Một")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_media(same, an, photo.message_id)
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", an, photo.message_id)
    async with aiohttp.ClientSession(emulator.url) as session:
        body = {"chat_id": an, "message_id": photo.message_id, "media": {"type": "video", "media": "x"}}
        async with session.post("/bot42:x/editMessageMedia", json=body) as response:
            assert "can't parse InputMedia" in (await response.json())["description"]


def test_the_oldest_files_give_way_beyond_the_stored_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "MAX_STORED_BYTES", 10)
    files = FileStore()
    first, second, third = (files.store(Upload(f"{name}.json", "", b"xxxxx")) for name in "abc")
    assert files.find(first) is None
    assert [upload.file_name for upload in map(files.find, (second, third)) if upload] == ["b.json", "c.json"]
