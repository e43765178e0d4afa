"""Incidents with a known cause: one file per set, each with ``cases(folder, half)``."""
