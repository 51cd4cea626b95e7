"""What operations put out is noted right, also where it is looked up rather than computed."""

from __future__ import annotations

import torch

from nnstudio.probes.operations import Recorder, figures_of


def expected(tensor: torch.Tensor) -> list[float]:
    numbers = tensor.detach().double()
    return [float(each) for each in (numbers.mean(), numbers.std(correction=0), numbers.min(), numbers.max())]


def test_figures_of_many_numbers_and_of_few_are_torchs() -> None:
    for size in (1, 7, 999, 1000, 50_000):
        numbers = torch.randn(size) * 3 + 100
        torch.testing.assert_close(figures_of(numbers), torch.tensor(expected(numbers)), rtol=1e-4, atol=1e-4)
    assert figures_of(torch.zeros(0)) is None
    assert figures_of(torch.ones(5000)).tolist() == [1, 0, 1, 1]
    assert figures_of(torch.tensor([1.0, torch.nan] * 600)).isnan().all()


def test_a_view_has_the_figures_of_now() -> None:
    weight = torch.randn(6, 4, requires_grad=True)
    with torch.enable_grad(), Recorder({}) as recorder:
        made = weight * 2
        turned = made.t()
        first, part = expected(turned), turned[:2]
        made.mul_(3)
        again = turned.t().unsqueeze(0)
    found = [made.figures for made in recorder.made.values() if made.figures is not None]
    for wanted in (first, expected(part / 3), expected(again)):
        assert any(torch.allclose(figures, torch.tensor(wanted), atol=1e-5) for figures in found)
    assert torch.allclose(found[-1], torch.tensor(expected(again)), atol=1e-5)
