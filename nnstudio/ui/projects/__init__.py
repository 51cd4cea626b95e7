"""The projects that are open: tabs, files, and that no work is lost."""
