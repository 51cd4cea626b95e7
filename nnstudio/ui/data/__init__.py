"""Own data on their way into the drawing: the import dialog, where the node goes, and files that are gone."""
