"""What a chat can choose: times, days, editions, quiet hours, topics, pauses."""
