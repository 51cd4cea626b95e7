"""The page that greets: new, open, the last projects, and the examples as pictures."""
