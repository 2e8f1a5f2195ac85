"""The shelf of uploaded files."""

import pytest

from bot.emulator.chats import uploads
from bot.emulator.chats.uploads import FileShelf, Upload


def test_the_oldest_files_give_way_when_the_shelf_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_SHELF_BYTES", 10)
    shelf = FileShelf()
    first, second, third = (shelf.store(Upload(f"{name}.json", "", b"xxxxx")) for name in "abc")
    assert shelf.find(first) is None
    assert [upload.file_name for upload in map(shelf.find, (second, third)) if upload] == ["b.json", "c.json"]
