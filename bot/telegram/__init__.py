"""The line to Telegram: transport, rates, updates, and the right to speak for a token."""
