"""A local Telegram: the Bot API as far as the bot needs it, over real HTTP, with users that can be scripted.

`server.serve` runs it in a program, `client.emulator_process` in a process of its own; `client.control`
plays the users. `docs/emulator.md` describes all of it from the outside.
"""
