"""Data sets that are fetched: which are there, how far one is, and where the person says what to do."""
