"""The engine with one data set more, which a server on this computer gives: its address is the argument."""

import sys
from functools import partial

from nnstudio.data.registry import datasets
from nnstudio.engine import jobs
from nnstudio.engine.__main__ import main
from tests.data.web import server

if __name__ == "__main__":
    datasets()["tiny"] = server.fetched(*sys.argv[1:])
    jobs.fetch = partial(jobs.fetch, schemes=server.HTTP)
    main()
