"""The control interface: the hands of the users, and the switches behind the scenes.

`ROUTES` maps an HTTP method and a path to the shape of its input and to what it does. `server` reads the
input and serves the answers; `docs/emulator.md` is the description for those who use it.
"""

from bot.emulator.control import events, groups, inline_users, switches, views
from bot.emulator.control.routes import Routes

ROUTES: Routes = {
    **groups.ROUTES,
    **events.ROUTES,
    **inline_users.ROUTES,
    **groups.TOPIC_ROUTES,
    **switches.ROUTES,
    **views.ROUTES,
}
