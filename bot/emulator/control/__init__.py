"""The control interface of `docs/emulator.md`: act as users, look at chats, set faults and limits.

`ROUTES` maps an HTTP method and a path to the type of the input and a function, which `server` calls.
"""

from bot.emulator.control import events, groups, inline_users, state_routes
from bot.emulator.requests import Routes

ROUTES: Routes = groups.ROUTES | events.ROUTES | inline_users.ROUTES | state_routes.ROUTES
