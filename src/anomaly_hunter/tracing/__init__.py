"""What a hunt tells of itself while it runs: spans and counters, for whoever listens."""
