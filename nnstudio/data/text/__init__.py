"""Text as numbers: tokens, windows, and sequences of different lengths."""
