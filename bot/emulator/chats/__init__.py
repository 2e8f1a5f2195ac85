"""The state of the emulated Telegram: people, chats, messages, files."""
