"""The control interface: act as users, look at chats, set faults and limits.

`ROUTES` maps an HTTP method and a path to the type of the input and a function. `server` reads the input and
serves the answers. `docs/emulator.md` describes the interface.
"""

from bot.emulator.control import events, groups, inline_users, state_routes
from bot.emulator.requests import Routes

ROUTES: Routes = groups.ROUTES | events.ROUTES | inline_users.ROUTES | state_routes.ROUTES
