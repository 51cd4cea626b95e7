"""The drawing as a picture in a file."""
