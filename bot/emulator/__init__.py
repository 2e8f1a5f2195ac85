"""A local Bot API server with scripted users: the methods that the bot needs, over real HTTP.

`server.serve` runs it in this process, `client.emulator_process` in a process of its own. `client.control`
acts as the users. `docs/emulator.md` describes all of it.
"""
