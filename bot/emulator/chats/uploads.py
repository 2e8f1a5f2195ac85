"""Uploaded files within a bound, and the photos and documents that stand in messages."""

import io
import warnings
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.emulator.refusals import bad_request

# Uploaded files, kept in memory within a bound: the oldest give way.

# Telegram takes 50 MB from a bot; memory is dearer here.
MAX_FILE_BYTES = 20_000_000
MAX_SHELF_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in a multipart body."""

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
        """Keep `upload` and return its file id; the oldest files go when the shelf is full."""
        self._stored += 1
        file_id = f"file{self._stored:06d}"
        self._files[file_id] = upload
        self._bytes += len(upload.content)
        while self._bytes > MAX_SHELF_BYTES:
            oldest = next(iter(self._files))
            self._bytes -= len(self._files.pop(oldest).content)
        return file_id

    def find(self, file_id: str) -> Upload | None:
        """Find a file that is still kept."""
        return self._files.get(file_id)


# Photos and documents that stand in messages, and what Telegram takes for a photo.
#
# The bytes are on the file shelf (`files`); here is what a message says of them.

AttachmentKind = Literal["document", "photo"]

MAX_PHOTO_SIDES = 10_000
MAX_PHOTO_RATIO = 20


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was sent; `width` and `height` in pixels are a photo's."""

    kind: AttachmentKind
    file_id: str
    file_name: str
    mime_type: str
    size: int
    width: int = 0
    height: int = 0

    def as_json(self) -> Any:
        """Return the Document object, or the list of a photo's sizes: here always the one that was sent."""
        body = {"file_id": self.file_id, "file_unique_id": f"u{self.file_id}", "file_size": self.size}
        if self.kind == "photo":
            return [body | {"width": self.width, "height": self.height}]
        return body | {"file_name": self.file_name, "mime_type": self.mime_type}


def measure_photo(content: bytes) -> tuple[str, int, int]:
    """Return the media type, width and height of a picture that can be sent as a photo.

    Raises:
        Refusal: it is none, or has sides that Telegram does not take (400).
    """
    from PIL import Image  # a heavy import: only who sends photos waits for it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
                (width, height), kind = image.size, image.get_format_mimetype()
                image.verify()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise bad_request("PHOTO_INVALID_DIMENSIONS") from None
    except (OSError, SyntaxError, ValueError):  # what Pillow raises for what is no picture, or a broken one
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    if width + height > MAX_PHOTO_SIDES or max(width, height) > MAX_PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return kind or "image/png", width, height
