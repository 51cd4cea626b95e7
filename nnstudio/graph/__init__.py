"""The document: what the person has drawn, how it changes, and how it is kept."""
