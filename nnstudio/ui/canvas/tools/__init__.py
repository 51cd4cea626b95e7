"""What commands do with the drawing: add, arrange, copy, rewire, mark, walk."""
