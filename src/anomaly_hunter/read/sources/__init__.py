"""One source per file; the file's name is the source's name."""
