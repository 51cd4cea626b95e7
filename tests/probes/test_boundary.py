from dataclasses import replace

import msgspec
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
    with pytest.raises(DataError, match=r"one or two numbers a sample, such as moons\."):
        LOOK(look_at_digits(), {})
    whole = {name: tensor.long() for name, tensor in TRAIN.items()}
    tokens = look_at(chain(out=nn.Embedding(3, 1)), whole, whole, field="point", task="values")
    with pytest.raises(DataError, match="one or two numbers a sample"):
        LOOK(tokens, {})
    nowhere = {"point": torch.full((2, 2), torch.nan), "label": torch.tensor([0, 1])}
    with pytest.raises(DataError, match="no sample to show"):
        LOOK(look_at(chain(out=linear([[1.0, 0.0]], [0.0])), nowhere, nowhere, field="point", task="values"), {})


def test_of_several_numbers_the_one_that_is_asked_for():
    targets = {"point": TRAIN["point"], "label": TRAIN["point"] * 10}
    both = look_at(
        chain(out=linear([[1.0, 0.0], [0.0, 2.0]], [0.0, 1.0])), targets, targets, field="point", task="values"
    )
    for wanted, told in ((0, 0), (1, 1), (7, 1)):
        found = LOOK(both, {"resolution": 3, "output": wanted})
        assert (found.facts["output"], found.facts["outputs"]) == (told, 2)
        right = [middles(-0.1, 1.1, 3)] * 3 if told == 0 else [[2 * y + 1] * 3 for y in middles(-0.2, 2.2, 3)]
        assert found.arrays["grid"] == pytest.approx(np.array(right), abs=1e-6)
        assert found.arrays["values"].tolist() == ([0, 10, 0, 10] if told == 0 else [0, 20, 0, 20])


def test_yes_and_no_may_be_told_as_minus_one_and_one():
    signs = {"point": TRAIN["point"], "label": torch.tensor([[-1.0], [1.0]])}
    found = LOOK(look_at(chain(out=linear([[1.0, 0.0]], [0.0])), signs, signs, field="point", task="logit"), {})
    assert found.arrays["labels"].tolist() == [0, 1, 0, 1]


def test_the_lines_of_units_are_what_they_put_out():
    torch.manual_seed(1)
    hidden = nn.Linear(2, 20)
    net = look_at(chain(hidden=hidden, act=nn.ReLU(), out=nn.Linear(20, 2)), TRAIN, TEST, field="point")
    found = LOOK(net, {"resolution": 5, "node": "hidden", "unit": 3})
    x, y = middles(-0.1, 1.1, 5), middles(-0.2, 2.2, 5)
    weight, bias = hidden.weight[3], hidden.bias[3]
    right = [[float(weight[0] * a + weight[1] * b + bias) for a in x] for b in y]
    assert found.arrays["lines"] == pytest.approx(np.array([right]), abs=1e-5)
    assert (found.facts["unit"], found.facts["units"]) == (3, 20)
    every = LOOK(net, {"resolution": 5, "node": "hidden"})
    assert every.arrays["lines"].shape == (16, 5, 5)
    assert every.arrays["grid"] == pytest.approx(found.arrays["grid"])
    assert "lines" not in LOOK(net, {"resolution": 5, "node": "gone"}).arrays


def test_features_may_be_computed_in_the_drawing():
    class Squares(nn.Module):
        def forward(self, x):
            return torch.cat([x, x * x], dim=1)

    net = chain(squares=Squares(), out=linear([[0.0, 0.0, 1.0, 1.0]], [-1.0]))
    found = LOOK(look_at(net, TRAIN, TEST, field="point", task="logit"), {"resolution": 4, "node": "out"})
    x, y = np.meshgrid(middles(-0.1, 1.1, 4), middles(-0.2, 2.2, 4))
    assert found.arrays["lines"][0] == pytest.approx(x**2 + y**2 - 1, abs=1e-5)
    assert found.arrays["grid"] == pytest.approx(1 / (1 + np.exp(1 - x**2 - y**2)), abs=1e-5)


def test_two_fields_of_one_number_each_make_a_plane():
    class Model(nn.Module):
        def forward(self, a, b):
            return a - 2 * b[:, 0]

    fields = {
        "a": torch.tensor([0.0, 1.0]),
        "b": torch.tensor([[0.0, 0.0, 0.0]])[:, :1].expand(2, 1),
        "label": TRAIN["label"],
    }
    one = look_at(chain(out=nn.Identity()), fields, fields, field="a", task="values")
    both = replace(one, model=Model(), spec=msgspec.structs.replace(one.spec, inputs=("a", "b")))
    found = LOOK(both, {"resolution": 3})
    x0, x1, y0, y1 = (found.facts[name] for name in ("x0", "x1", "y0", "y1"))
    x, y = np.meshgrid(middles(x0, x1, 3), middles(y0, y1, 3))
    assert found.arrays["grid"] == pytest.approx(x - 2 * y, abs=1e-6)
    assert found.arrays["points"].shape == (4, 2)


def test_of_very_many_samples_the_first_are_points():
    many = {"point": torch.randn(5000, 2), "label": torch.zeros(5000, dtype=torch.int64)}
    found = LOOK(look_at(chain(out=nn.Linear(2, 2)), many, TEST, field="point"), {})
    assert len(found.arrays["points"]) == 2001
    assert found.arrays["test"].sum() == 1
    assert found.facts["samples"] == 5001


# One input


def line(hidden: nn.Module, out: nn.Module, target: torch.Tensor | None = None, **more: str):
    x = torch.tensor([[-1.0], [0.0], [2.0]])
    data = {"x": x, "y": x * 3 if target is None else target}
    return look_at(chain(hidden=hidden, act=nn.ReLU(), out=out), data, data, field="x", target="y", **more)


def test_one_input_gives_the_curve_and_each_units_piece():
    hidden, out = linear([[1.0], [-2.0], [0.5]], [0.0, 1.0, -0.5]), linear([[2.0, -1.0, 4.0]], [0.25])
    found = LOOK(line(hidden, out, task="values"), {"places": 9, "node": "hidden", "unit": -1})
    x = np.linspace(-1.3, 2.3, 9)
    before = np.stack([x, 1 - 2 * x, 0.5 * x - 0.5])
    pieces = np.array([[2.0], [-1.0], [4.0]]) * np.maximum(before, 0)
    assert found.arrays["x"] == pytest.approx(x, abs=1e-6)
    assert found.arrays["pieces"] == pytest.approx(pieces, abs=1e-5)
    assert found.arrays["fit"] == pytest.approx(pieces.sum(0) + 0.25, abs=1e-5)
    assert found.arrays["piece_units"].tolist() == [0, 1, 2]
    assert (found.facts["pieces"], found.facts["bias"]) == (3, 0.25)
    assert found.arrays["lines"] == pytest.approx(before, abs=1e-5)
    assert found.arrays["points"][:, 0].tolist() == [-1, 0, 2] * 2
    assert found.arrays["values"].tolist() == [-3, 0, 6] * 2


def test_of_many_pieces_the_strongest_are_told_and_no_hook_stays():
    torch.manual_seed(0)
    net = line(nn.Linear(1, 100), nn.Linear(100, 2), torch.randn(3, 2), task="values")
    found = LOOK(net, {"output": 1})
    assert (found.arrays["pieces"].shape, found.facts["pieces"]) == ((24, 256), 100)
    x = torch.from_numpy(found.arrays["x"])[:, None]
    assert found.arrays["fit"] == pytest.approx(net.model(x)[:, 1].numpy(), abs=1e-5)
    every = net.model.out.weight[1] * net.model.hidden(x).relu()
    reach = every.amax(0) - every.amin(0)
    assert set(found.arrays["piece_units"].tolist()) == set(reach.topk(24).indices.tolist())
    assert not any(module._forward_hooks for module in net.model.modules())


def test_a_prediction_that_is_no_sum_has_no_pieces():
    net = look_at(
        chain(a=nn.Linear(1, 3), out=nn.Tanh()),
        *[{"x": torch.ones(2, 1), "y": torch.ones(2, 3)}] * 2,
        field="x",
        target="y",
        task="values",
    )
    found = LOOK(net, {"output": 2})
    assert "pieces" not in found.arrays
    assert found.facts["outputs"] == 3


def test_one_input_and_classes_give_probabilities():
    hidden = linear([[1.0], [-1.0]], [0.0, 0.0])
    labels = torch.tensor([0, 1, 1])
    yes = LOOK(line(hidden, linear([[1.0, -1.0]], [0.0]), labels, task="logit"), {"places": 5})
    x = np.linspace(-1.3, 2.3, 5)
    assert yes.arrays["fit"] == pytest.approx(1 / (1 + np.exp(-x)), abs=1e-5)
    assert yes.arrays["labels"].tolist() == [0, 1, 1] * 2
    assert "pieces" not in yes.arrays
    many = LOOK(line(hidden, nn.Linear(2, 3), labels), {"places": 5})
    assert many.arrays["fit"].shape == (3, 5)
    assert many.arrays["fit"].sum(0) == pytest.approx(np.ones(5), abs=1e-5)


def test_powers_of_a_number_are_a_curve_over_it():
    data = tensors("polynomial", samples=50, order=2)
    train, test = split(data, 10)
    net = look_at(chain(out=linear([[2.0, -3.0]], [0.5])), train, test, field="powers", target="y", task="values")
    found = LOOK(net, {})
    x = np.sort(data["x"].numpy()[:, 0])
    assert found.arrays["x"] == pytest.approx(x)
    assert found.arrays["fit"] == pytest.approx(0.5 + 2 * x - 3 * x**2, abs=1e-5)
    assert found.arrays["pieces"] == pytest.approx(np.stack([2 * x, -3 * x**2]), abs=1e-5)
    assert found.arrays["points"].tolist() == data["x"].tolist()
    twice = {"x": data["x"][:, 0] + 1, "powers": data["powers"], "y": data["y"]}
    plane = look_at(chain(out=linear([[2.0, -3.0]], [0.5])), twice, twice, field="powers", target="y", task="values")
    assert "grid" in LOOK(plane, {}).arrays  # another number, from which these do not follow
