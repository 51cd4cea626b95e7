"""Strands follow the chain that is declared."""

import numpy as np
import pytest

from nnstudio.data.registry import dataset
from nnstudio.data.sets import dna
from tests.data.test_datasets import load

DNA = dataset("dna")


def test_rows_of_the_chain_are_probabilities():
    chain = np.array(dna.CHAIN)
    assert chain.shape == (5, 5)
    assert chain.sum(axis=1) == pytest.approx(np.ones(5))
    assert chain.min() >= 0
    assert chain[0, 0] == 0  # no strand is empty


def test_pairs_come_as_often_as_the_chain_says():
    arrays = load(DNA, strands=2000)
    counts = np.zeros((5, 5))
    np.add.at(counts, (arrays["base"], arrays["next"]), 1)
    found = counts / counts.sum(axis=1, keepdims=True)
    assert np.abs(found - dna.CHAIN).max() < 0.03  # strands that are too long are left out


def test_pairs_and_whole_strands_are_the_same_strands():
    pairs, whole = load(DNA), load(DNA, predict="each")
    assert whole["text"].shape == (100, 65)
    known = whole["text"] > 0
    assert np.array_equal(whole["text"][known] - 1, pairs["base"])
    assert np.array_equal(whole["next"][known] - 1, pairs["next"])
    assert (pairs["next"] == 0).sum() == 100
    assert np.array_equal(pairs["base"][1:], pairs["next"][:-1])  # the end of one is the beginning of the next
