"""Remember: what was found, what people said of it, what was learned from that."""
