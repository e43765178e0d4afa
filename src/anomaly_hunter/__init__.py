"""Anomaly Hunter: what is abnormal, since when, how bad, why, how sure, what next."""

__version__ = "0.1.0"
