"""Make the pictures of the README: `make pictures`.

Starts the demo, opens the chat page in Debian's Chromium at the size of a phone, and writes to `docs/images/`
a light and a dark picture of a digest and of an answer, one of the settings, of inline mode and of the
operator's state, and one of a wide screen.
"""

import asyncio
import io
import re
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.async_api import Browser, Locator, Page, async_playwright

_IMAGES = Path(__file__).parent / "images"
_PHONE = {"width": 390, "height": 780}
_WIDE = {"width": 1180, "height": 720}
_QUESTION = "mua lon ha long"
_COMMANDS = (("settings", "/lich", "Lịch nhận tin"), ("operator", "/quantri", "tình hình"))
_INLINE = "@diemtin_bot giá vàng"
_COLORS = 64  # enough for smooth letters, and a third of the bytes
_MOST_BYTES = 150_000

Theme = Literal["light", "dark"]


async def main() -> None:
    """Take all pictures."""
    _IMAGES.mkdir(exist_ok=True)
    demo = await asyncio.create_subprocess_exec(sys.executable, "-P", "-m", "bot", "demo", stdout=PIPE)
    try:
        await _take_all(await _address(demo))
    finally:
        demo.send_signal(signal.SIGINT)
        await demo.wait()


async def _address(demo: asyncio.subprocess.Process) -> str:
    assert demo.stdout is not None  # noqa: S101 - it was asked for
    async for line in demo.stdout:
        if found := re.search(rb"http://127\.0\.0\.1:\d+/", line):
            return found.group().decode()
    raise RuntimeError("the demo named no address")


async def _take_all(address: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
        )
        page = await _open(browser, address)
        digest = page.locator(".other", has_text="âm lịch").last
        await _take_both(page, "digest", digest)
        await _say(page, _QUESTION)
        await _take_both(page, "question", page.locator(".own ~ .other", has_text=_QUESTION).last)
        await page.emulate_media(color_scheme="light")
        for name, command, heading in _COMMANDS:
            await _say(page, command)
            await page.locator(".other", has_text=heading).last.wait_for()
            await _save(page, name)
        await page.get_by_role("textbox").fill(_INLINE)
        await page.get_by_role("option").first.wait_for()
        await _save(page, "inline")
        await page.get_by_role("textbox").fill("")
        await page.set_viewport_size(_WIDE)
        await _show(page, "light", digest)
        await _save(page, "wide")
        await browser.close()


async def _open(browser: Browser, address: str) -> Page:
    page = await browser.new_page(
        viewport=_PHONE, device_scale_factor=2, timezone_id="Asia/Ho_Chi_Minh", locale="vi"
    )
    await page.goto(address)
    return page


async def _say(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.keyboard.press("Enter")
    await page.get_by_role("textbox").blur()


async def _take_both(page: Page, name: str, message: Locator) -> None:
    """Take a light and a dark picture with `message` at the top, once it is there."""
    await _show(page, "light", message)
    await _save(page, name)
    await _show(page, "dark", message)
    await _save(page, f"{name}-dark")


async def _show(page: Page, theme: Theme, message: Locator) -> None:
    await page.emulate_media(color_scheme=theme)
    await message.evaluate("row => row.scrollIntoView({block: 'start'})")


async def _save(page: Page, name: str) -> None:
    """Write a picture with few colours, which a chat does not need many of.

    Raises:
        RuntimeError: it is larger than a README should carry.
    """
    await page.wait_for_timeout(300)  # what moves has come to rest
    picture = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    file = _IMAGES / f"{name}.png"
    picture.quantize(_COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        file, optimize=True
    )
    if file.stat().st_size > _MOST_BYTES:
        raise RuntimeError(f"{file.name} has {file.stat().st_size} bytes")


if __name__ == "__main__":
    asyncio.run(main())
