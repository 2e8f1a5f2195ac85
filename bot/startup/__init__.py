"""Starting the bot: from validated configuration to the running application."""
