import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.spec import probes
from tests.probes.small import chain, linear, look_at, look_at_digits, split, tensors

LOOK = probes()["boundary"].look
TRAIN = {"point": torch.tensor([[0.0, 0.0], [1.0, 2.0]]), "label": torch.tensor([0, 1])}
TEST = {"point": torch.tensor([[0.5, 1.0]]), "label": torch.tensor([1])}


def look(weight: list[list[float]], bias: list[float], **more: str):
    return look_at(chain(out=linear(weight, bias)), TRAIN, TEST, field="point", names=("no", "yes"), **more)


def middles(low: float, high: float, count: int) -> list[float]:
    return [low + (high - low) * (i + 0.5) / count for i in range(count)]


def test_every_cell_is_the_answer_at_its_middle():
    found = LOOK(look([[0.0, 0.0], [0.0, 1.0]], [0.0, 0.0]), {"resolution": 4})
    facts = found.facts
    edges = [facts[name] for name in ("x0", "x1", "y0", "y1")]
    assert edges == pytest.approx([-0.1, 1.1, -0.2, 2.2])
    rows = [1 / (1 + np.exp(-y)) for y in middles(-0.2, 2.2, 4)]  # class 1 grows with y alone
    assert found.arrays["grid"] == pytest.approx(np.repeat(np.array(rows)[:, None], 4, axis=1), abs=1e-6)
    assert found.arrays["grid"].dtype == np.float32
    assert "classes" not in found.arrays
    assert (facts["names"], facts["task"]) == (["no", "yes"], "classes")


def test_x_runs_along_the_rows():
    grid = LOOK(look([[1.0, 0.0]], [0.0], task="values"), {"resolution": 3}).arrays["grid"]
    assert grid == pytest.approx(np.tile(middles(-0.1, 1.1, 3), (3, 1)), abs=1e-6)


def test_one_logit_gives_the_probability_of_class_1():
    two = LOOK(look([[0.0, 0.0], [1.0, 1.0]], [0.0, 0.0]), {}).arrays["grid"]
    one = LOOK(look([[1.0, 1.0]], [0.0], task="logit"), {}).arrays["grid"]
    assert one.shape == (64, 64)
    assert one == pytest.approx(two, abs=1e-6)


def test_points_are_train_then_test():
    arrays = LOOK(look([[1.0, 0.0]], [0.0], task="logit"), {}).arrays
    assert arrays["points"].tolist() == [[0.0, 0.0], [1.0, 2.0], [0.5, 1.0]]
    assert arrays["labels"].tolist() == [0, 1, 1]
    assert arrays["test"].tolist() == [0, 0, 1]
    assert (arrays["labels"].dtype, arrays["test"].dtype) == (np.int64, np.uint8)


def test_more_than_two_classes_show_the_winner_and_how_sure():
    found = LOOK(look([[0.0, 0.0], [4.0, 0.0], [8.0, 0.0]], [0.0, -1.0, -4.5]), {"resolution": 6})
    x = torch.tensor(middles(-0.1, 1.1, 6))
    sure = torch.stack([0 * x, 4 * x - 1, 8 * x - 4.5], dim=1).softmax(1)
    assert found.arrays["classes"][0].tolist() == sure.argmax(1).tolist() == [0, 0, 1, 1, 1, 2]
    assert found.arrays["grid"][3] == pytest.approx(sure.amax(1).numpy(), abs=1e-6)
    assert found.arrays["classes"].dtype == np.int64


def test_a_real_data_set_and_the_limits_of_the_picture():
    train, test = split(tensors("moons"), 80)
    moons = look_at(chain(a=nn.Linear(2, 8), b=nn.Tanh(), out=nn.Linear(8, 2)), train, test, field="point")
    found = LOOK(moons, {"resolution": 100_000})
    assert found.arrays["grid"].shape == (512, 512)
    assert found.arrays["points"].shape == (400, 2)
    assert found.arrays["test"].sum() == 80
    low, high = found.arrays["points"].min(0), found.arrays["points"].max(0)
    assert found.facts["x0"] < low[0]
    assert found.facts["y1"] > high[1]


def test_other_data_is_told():
    with pytest.raises(DataError, match=r"two numbers a sample, such as moons\."):
        LOOK(look_at_digits(), {})
    with pytest.raises(DataError, match="predicts one number"):
        LOOK(look([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], task="values"), {})
