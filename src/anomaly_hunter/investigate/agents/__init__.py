"""One agent per file."""
