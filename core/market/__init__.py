"""Where candles come from: exchange, recorded, simulated, and the feed that keeps the newest."""
