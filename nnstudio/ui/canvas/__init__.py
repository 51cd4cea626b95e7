"""The canvas: the drawing as people see and touch it. The document knows nothing of it."""
