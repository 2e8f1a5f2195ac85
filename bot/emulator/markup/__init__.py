"""Telegram's formatting: HTML in, text with entities out."""
