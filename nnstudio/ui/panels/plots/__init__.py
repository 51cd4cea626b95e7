"""The plots, on pyqtgraph. Imported when the first plot is drawn, so that the window opens without waiting for it."""
