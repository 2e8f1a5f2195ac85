"""The control interface: the hands of the users, and the switches behind the scenes.

`ROUTES` maps an HTTP method and a path to the shape of its input and to what it does. `server` reads the
input and serves the answers; `docs/emulator.md` is the description for those who use it.
"""

from bot.emulator.control import events, inline, people, switches, topics, views
from bot.emulator.control.table import Routes

ROUTES: Routes = {
    **people.ROUTES,
    **events.ROUTES,
    **inline.ROUTES,
    **topics.ROUTES,
    **switches.ROUTES,
    **views.ROUTES,
}
