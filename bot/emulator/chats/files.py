"""Uploaded files, kept in memory within a bound: the oldest give way."""

from dataclasses import dataclass, field

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
