"""An answer's body, read as it comes and never beyond what is allowed, however small its wrapping was."""

import asyncio
import zlib
from collections.abc import AsyncIterator

import aiohttp

from bot.fetching.errors import FetchError

MAX_BODY_BYTES = 5_000_000
ACCEPTED_ENCODINGS = "gzip, deflate"
_CHUNK_BYTES = 65_536
_PIECE_BYTES = 262_144  # what is unpacked without letting others run


async def read_body(answer: aiohttp.ClientResponse, *, most: int = MAX_BODY_BYTES) -> bytes:
    """Read and unpack the body of an answer whose own unpacking is off.

    Raises:
        FetchError: more than `most` bytes, or wrapped in a way that cannot be undone.
    """
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise FetchError("broken_answer", f"Content-Encoding: {encoding[:20]}")
    if (answer.content_length or 0) > most:
        raise _too_large(most)
    chunks = answer.content.iter_chunked(_CHUNK_BYTES)
    pieces, length = [], 0
    async for piece in chunks if encoding in ("", "identity") else _unpacked(chunks):
        pieces.append(piece)
        length += len(piece)
        if length > most:
            raise _too_large(most)
    return b"".join(pieces)


async def _unpacked(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, told by the first bytes
    try:
        async for chunk in chunks:
            while chunk:
                yield unpacker.decompress(chunk, _PIECE_BYTES)
                chunk = unpacker.unconsumed_tail
                if unpacker.eof and (chunk := unpacker.unused_data):
                    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # the next of several members
                await asyncio.sleep(0)
    except zlib.error as error:
        raise FetchError("broken_answer", "dữ liệu nén bị hỏng") from error
    if not unpacker.eof:
        raise FetchError("broken_answer", "dữ liệu nén bị cắt cụt")


def _too_large(most: int) -> FetchError:
    return FetchError("too_large", f"hơn {most / 1e6:g} MB")
