"""The runs of a project in the window: how each looks and is called, their table, and what is done with them."""
