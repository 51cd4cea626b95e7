"""Models: built from their source, given weights, measured, and where and how they compute."""
