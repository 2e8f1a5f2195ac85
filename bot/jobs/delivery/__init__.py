"""Deliveries: claim, send, record; wait where Telegram asks; tell admins of risks."""
