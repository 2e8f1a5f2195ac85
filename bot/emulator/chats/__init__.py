"""What the emulated Telegram remembers: people, chats, messages, files."""
