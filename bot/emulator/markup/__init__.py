"""Telegram's formatting: from HTML to text with entities."""
