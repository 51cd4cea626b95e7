"""One open project without Qt: the session, its runs, what is asked of the engine, and what is kept."""
