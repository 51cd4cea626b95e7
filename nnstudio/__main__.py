"""Lets `python -m nnstudio` do what the `nnstudio` command does."""

import sys

from nnstudio.cli import main

if __name__ == "__main__":
    sys.exit(main())
