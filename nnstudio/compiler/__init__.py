"""From the drawing to PyTorch source. No torch: shapes are plain arithmetic, source is text."""
