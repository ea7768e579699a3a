"""From candles to a verdict, and the board everybody reads."""
