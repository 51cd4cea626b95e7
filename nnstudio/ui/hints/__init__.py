"""Hints for those who are here for the first time: small notes beside what they explain, each shown once.

Each file here may declare hints, as values of the kind `Hint`; they are found by themselves.
"""
