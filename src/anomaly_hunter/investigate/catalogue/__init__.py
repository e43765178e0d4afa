"""Failure patterns as YAML, one file each, and compiled to one JSON file (see ``pattern_files``)."""
