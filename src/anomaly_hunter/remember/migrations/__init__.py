"""How the store came to its present form, one step per file."""
