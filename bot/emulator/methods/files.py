"""Fetching files back: `getFile` names a path, `server` hands out the bytes."""

from typing import Any

from bot.emulator.chats.world import World
from bot.emulator.methods.table import Methods
from bot.emulator.parameters import Parameters
from bot.emulator.refusals import bad_request


async def get_file(world: World, parameters: Parameters) -> dict[str, Any]:
    """Return where a file can be downloaded."""
    file_id = parameters.text("file_id")
    upload = world.files.find(file_id)
    if upload is None:
        raise bad_request("invalid file_id")
    return {
        "file_id": file_id,
        "file_unique_id": f"u{file_id}",
        "file_size": len(upload.content),
        "file_path": f"documents/{file_id}",
    }


METHODS: Methods = {"getFile": get_file}
