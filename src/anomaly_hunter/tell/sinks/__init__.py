"""One sink per file; the file's name is what `--sink` takes."""
