"""Imported last by the process that forks bots: its objects need no visit of the collector in any bot.

The bot itself collects garbage once it has loaded its modules, and freezes them. In a fork that first visit
costs a tenth of a second, and a copy of each page of memory that it touches.
"""

import gc

gc.collect()
gc.freeze()
