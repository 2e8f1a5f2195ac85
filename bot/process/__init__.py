"""The bot's own process: logs, metrics, health, scheduler, start and end."""
