"""What a method is."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.emulator.parameters import Parameters
from bot.emulator.world import World

Method = Callable[[World, Parameters], Awaitable[Any]]
Methods = dict[str, Method]
