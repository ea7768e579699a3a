"""What a model reads, is made of and is worth, on disk and in memory."""
