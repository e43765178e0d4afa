"""One detector per file; the file's name is the detector's name."""
