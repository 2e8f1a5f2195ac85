"""Messages to the bot itself: what was meant (`understanding`, pure) and what is done about it (`reply`)."""
