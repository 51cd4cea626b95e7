"""What hands do on the canvas, one file each."""
