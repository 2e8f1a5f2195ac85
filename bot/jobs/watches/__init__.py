"""Watches: find the articles that match, and alert their chats."""
