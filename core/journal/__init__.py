"""What was said and what came of it: the ledger of every signal."""
