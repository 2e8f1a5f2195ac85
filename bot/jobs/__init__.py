"""What the scheduler starts, a folder for each subject: gather rows, let pure code decide, write or send."""
