"""Deliveries: claim, send and record them, wait when Telegram asks, and tell admins of risks."""
