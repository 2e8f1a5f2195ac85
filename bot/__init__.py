"""The bot: chat, jobs, the emulator, the command line and the application."""
