"""Watches and their runs."""
