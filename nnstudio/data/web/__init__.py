"""Data sets that are fetched: from where, checked, kept, or taken from files that are there already."""
