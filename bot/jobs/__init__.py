"""What ticks: each job gathers rows, lets pure code decide, and writes or sends the outcome."""
