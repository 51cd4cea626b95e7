"""Measurements: ratios against a named rival in the same run. `packaging/dev.py bench` prints them all."""
