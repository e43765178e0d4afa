"""Processes that hunt, so that the server stays responsive and nothing hangs or eats it."""
