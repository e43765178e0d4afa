"""Hunts as they were made: written down exactly, read back whole or thinned."""
