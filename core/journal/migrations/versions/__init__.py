"""Each step, by its number."""
