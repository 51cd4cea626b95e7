"""The declared data sets, a family a file."""
