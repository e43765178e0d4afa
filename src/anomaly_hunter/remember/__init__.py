"""Memory: what was found before, and what people said about it."""
