"""Forecasters: one file each, named like the forecaster in it."""
