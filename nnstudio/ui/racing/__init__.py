"""A race in the window: what varies is chosen, how many runs that gives is seen, and they are started."""
