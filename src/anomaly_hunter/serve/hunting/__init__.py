"""Hunting for a request: at once, or as a job."""
