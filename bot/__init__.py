"""What talks and what ticks: chat, jobs, the emulator, the command line and the application."""
