"""Means of the training part in place of missing numbers."""

from __future__ import annotations

import pytest
import torch

from nnstudio.engine.data import missing


def test_the_mean_is_that_of_the_training_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing, "BLOCK", 3)
    nan = float("nan")
    train = {"x": torch.tensor([[1.0, nan], [nan, nan], [3.0, nan], [nan, nan], [8.0, nan]]), "y": torch.tensor([nan])}
    test = {"x": torch.tensor([[nan, 5.0], [100.0, nan]]), "y": torch.tensor([nan])}
    missing.fill_with_means(train, test, ["x"])
    assert train["x"].tolist() == [[1, 0], [4, 0], [3, 0], [4, 0], [8, 0]]
    assert test["x"].tolist() == [[4, 5], [100, 0]]
    assert train["y"].isnan().all()
