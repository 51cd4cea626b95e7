"""The commands of the window, a file for each topic. A new command is one row in one of them."""
