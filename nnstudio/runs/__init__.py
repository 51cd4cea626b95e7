"""What is kept of each run: a folder that people can find, read and copy, and that a run can go on from.

The engine writes it, the window and the command line read it. No torch here, and no Qt.
"""
