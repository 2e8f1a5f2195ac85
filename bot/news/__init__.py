"""What chat and jobs share: the newsroom, digests, answers, corrections."""
