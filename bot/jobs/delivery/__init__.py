"""Deliveries: claim, send and record them, wait when Telegram asks, and report risks to the admins."""
