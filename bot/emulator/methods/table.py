"""What a method is."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.emulator.chats.world import World
from bot.emulator.parameters import Parameters

Method = Callable[[World, Parameters], Awaitable[Any]]
Methods = dict[str, Method]
