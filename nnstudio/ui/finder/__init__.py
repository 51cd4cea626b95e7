"""The list of commands: everything the menus offer, found by what a person types."""
