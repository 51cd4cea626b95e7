"""Data in the window: what they look like, and own files on their way into the drawing or gone from their place."""
