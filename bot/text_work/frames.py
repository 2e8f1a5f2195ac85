"""How the bot and its text process talk: frames of one letter, a length and so many bytes.

To the process: a HEAD (task, number of items), the task's ABOUT, the ITEMs. Back: READY once it is loaded; a
GOT when it has read a whole call; then for each item, in order, an ANSWER or a FAILURE with its traceback.
"""

import struct

HEAD, ABOUT, ITEM = b"H", b"B", b"I"
READY, GOT, ANSWER, FAILURE = b"R", b"G", b"A", b"F"
FRAME = struct.Struct(">cI")
MOST_BYTES = 8_000_000  # of one frame: an article at the size limit is a tenth of it
OUT_OF_MEMORY = 71  # exit status


def frame(letter: bytes, content: bytes = b"") -> bytes:
    """Return a frame.

    >>> frame(ITEM, b"{}")
    b'I\\x00\\x00\\x00\\x02{}'
    """
    return FRAME.pack(letter, len(content)) + content
