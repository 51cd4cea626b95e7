"""The palette: every layer there is, to be searched and dragged."""
