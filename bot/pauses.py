"""Keep short what the interpreter makes a reply wait for: garbage collection, and another thread's turn.

Nothing here changes what the bot does. Measured by benchmarks/replies_under_intake.py.
"""

import gc
import sys

# A thread that summarises gives way after so long, not after Python's 5 ms: a reply goes to and fro between
# the loop and the database's thread some forty times, and would wait its turn each time.
_TURN_SECONDS = 0.001
# Full collections pass over everything that is kept, such as the window of recent stories: they come seldom.
_THRESHOLDS = (2_000, 10, 50)


def shorten_pauses() -> None:
    """Set the interpreter up for answering at once; to be called when the program is loaded."""
    sys.setswitchinterval(_TURN_SECONDS)
    gc.collect()
    gc.freeze()  # what is loaded stays: no collection need look at it again (50-120 ms each)
    gc.set_threshold(*_THRESHOLDS)
