"""Readers of a person's own files: how one is found out, and how it is loaded. They run in the engine only."""
