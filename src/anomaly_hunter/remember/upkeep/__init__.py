"""Backup, restore, check, and what is let go."""
