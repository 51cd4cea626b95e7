"""The drawing as a tree of words: for the keyboard, and for a screen reader."""
