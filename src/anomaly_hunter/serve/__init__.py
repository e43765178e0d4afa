"""What others may ask over a wire, bounded and read-only."""
