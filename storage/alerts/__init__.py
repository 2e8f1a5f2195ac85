"""Alerts: what a chat gets outside its digests: watches and their hits, followed stories, breaking news."""
