"""Uploaded files, kept in limited memory, and the photos and documents of messages."""

import io
import warnings
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.emulator.refusals import bad_request

# Telegram takes 50 MB from a bot; here the limit saves memory.
MAX_FILE_BYTES = 20_000_000
MAX_SHELF_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart body."""

    file_name: str
    mime_type: str
    content: bytes


@dataclass(slots=True)
class FileShelf:
    """Files by id, oldest first."""

    _files: dict[str, Upload] = field(default_factory=dict)
    _bytes: int = 0
    _stored: int = 0

    def store(self, upload: Upload) -> str:
        """Store `upload` and return its file id; remove the oldest files beyond `MAX_SHELF_BYTES`."""
        self._stored += 1
        file_id = f"file{self._stored:06d}"
        self._files[file_id] = upload
        self._bytes += len(upload.content)
        while self._bytes > MAX_SHELF_BYTES:
            oldest = next(iter(self._files))
            self._bytes -= len(self._files.pop(oldest).content)
        return file_id

    def find(self, file_id: str) -> Upload | None:
        """Find a file that is still stored."""
        return self._files.get(file_id)


AttachmentKind = Literal["document", "photo"]

MAX_PHOTO_SIDES = 10_000
MAX_PHOTO_RATIO = 20


@dataclass(frozen=True, slots=True)
class Attachment:
    """What a message says of its file; `width` and `height` of a photo in pixels."""

    kind: AttachmentKind
    file_id: str
    file_name: str
    mime_type: str
    size: int
    width: int = 0
    height: int = 0

    def as_json(self) -> Any:
        """Return the Document object, or the list of a photo's sizes, which has only the one sent."""
        body = {"file_id": self.file_id, "file_unique_id": f"u{self.file_id}", "file_size": self.size}
        if self.kind == "photo":
            return [body | {"width": self.width, "height": self.height}]
        return body | {"file_name": self.file_name, "mime_type": self.mime_type}


def measure_photo(content: bytes) -> tuple[str, int, int]:
    """Return the media type, width and height of a picture that can be sent as a photo.

    Raises:
        Refusal: it is no picture, or has sides that Telegram does not accept (400).
    """
    from PIL import Image  # a heavy import, needed for photos only

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
                (width, height), kind = image.size, image.get_format_mimetype()
                image.verify()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise bad_request("PHOTO_INVALID_DIMENSIONS") from None
    except (OSError, SyntaxError, ValueError):  # Pillow: it is no picture, or a broken one
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    if width + height > MAX_PHOTO_SIDES or max(width, height) > MAX_PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return kind or "image/png", width, height
