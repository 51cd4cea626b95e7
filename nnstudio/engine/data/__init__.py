"""Data sets as tensors, and what is found out about them."""
