"""A running emulator: where it listens and the world behind it, which a reset replaces."""

from dataclasses import dataclass, field, replace

from bot.emulator.chats.world import World
from bot.emulator.limits import Rates
from bot.emulator.updates import UpdateQueue


@dataclass(slots=True)
class Emulator:
    """`url` is the address to give a bot as its API's base; `rates` hold at the start and after a reset."""

    url: str = ""
    rates: Rates = field(default_factory=Rates)
    world: World = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(rates=replace(self.rates))

    def reset(self) -> None:
        """Begin anew. Update ids and the version go on: lower ones would pass for what is known already.

        So does a webhook: its bot does not ask, and would hear nothing more.
        """
        old = self.world
        updates = UpdateQueue(next_id=old.updates.next_id, allowed=old.updates.allowed)
        self.world = World(
            bot=replace(old.bot), rates=replace(self.rates), updates=updates, version=old.version + 1
        )
        self.world.webhook = old.webhook
        old.close()
