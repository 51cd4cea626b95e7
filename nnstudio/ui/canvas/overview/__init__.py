"""The drawing from far away."""
