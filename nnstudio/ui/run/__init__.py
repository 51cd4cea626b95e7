"""The toolbar and what it does to the run."""
