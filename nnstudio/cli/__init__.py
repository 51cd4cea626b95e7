"""The command line. Results go to standard output, everything else to standard error.

Exit status: 0 done, 1 a problem in the project, 2 wrong use, 130 interrupted.
"""

from nnstudio.cli.commands import main as main
