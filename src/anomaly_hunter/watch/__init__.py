"""Watches: sources that are hunted in again and again, on a schedule."""
