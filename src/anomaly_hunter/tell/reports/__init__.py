"""One report per file; the file's name is what `-o` takes."""
