"""A single 1 at the token's place."""

import torch

from nnstudio.modules.one_hot import one_hot


def test_rows_of_the_unit_matrix() -> None:
    tokens = torch.randint(5, (3, 6))
    found = one_hot(tokens, 5)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, torch.eye(5)[tokens])


def test_runs_on_the_meta_device() -> None:
    assert one_hot(torch.zeros(3, dtype=torch.int64, device="meta"), 4).shape == (3, 4)
