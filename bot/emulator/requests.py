"""Reading HTTP requests: parameters of Bot API calls, input of control routes."""

from typing import Any

from aiohttp import BodyPartReader, web
from pydantic import ValidationError

from bot.emulator.chats.uploads import Upload
from bot.emulator.control.routes import Body, InputError
from bot.emulator.parameters import Parameters
from bot.emulator.refusals import bad_request

_CHUNK_BYTES = 65536


async def read_parameters(request: web.Request) -> Parameters:
    """Read the parameters of a call from the query and from a form, JSON or multipart body.

    Raises:
        Refusal: the body cannot be read (400).
    """
    values: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    try:
        match request.content_type:
            case "application/json":
                values |= _object(await request.json())
            case "multipart/form-data":
                await _read_multipart(request, values, files)
            case "application/x-www-form-urlencoded":
                values |= {
                    name: value for name, value in (await request.post()).items() if isinstance(value, str)
                }
    except (ValueError, RecursionError):
        raise bad_request("can't parse request body") from None
    return Parameters(values, files)


async def read_body(request: web.Request, shape: type[Body]) -> Body:
    """Read the input of a control route: query and path of a GET, the JSON object of others.

    Raises:
        InputError: it is no JSON object, or a key is wrong.
    """
    if request.method == "GET":
        given: dict[str, Any] = {**request.query, **request.match_info}
    else:
        try:
            text = await request.text()
            given = _object(await request.json()) if text.strip() else {}
        except (ValueError, RecursionError):
            raise InputError("", "the body must be a JSON object") from None
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key, message = ".".join(map(str, first["loc"])), str(first["msg"])
        if not key:  # a rule about several keys: its message begins with the one to mend
            key, _, message = message.removeprefix("Value error, ").partition(": ")
        raise InputError(key, message) from None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


async def _read_multipart(request: web.Request, values: dict[str, Any], files: dict[str, Upload]) -> None:
    left = request.client_max_size
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        content = await _read_part(part, left)
        left -= len(content)
        if part.filename is None:
            values[part.name] = content.decode()
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = Upload(part.filename, kind, content)


async def _read_part(part: BodyPartReader, most: int) -> bytes:
    """Read one part of a body of which `most` bytes may still come; aiohttp bounds whole bodies only."""
    content = bytearray()
    while chunk := await part.read_chunk(_CHUNK_BYTES):
        content += chunk
        if len(content) > most:
            raise web.HTTPRequestEntityTooLarge(most, len(content))
    return bytes(content)
