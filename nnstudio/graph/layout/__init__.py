"""Where cards go: a layout in layers, aligning and distributing. Plain numbers in, plain numbers out."""
