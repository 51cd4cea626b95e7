"""What panels are made of; nothing here imports pyqtgraph."""
