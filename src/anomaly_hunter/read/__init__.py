"""Data in: sources, which column is what, data quality."""
