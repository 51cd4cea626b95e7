"""What a model says to an input of one's own: numbers as torch has them, and what is refused."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.manner import figures_of
from nnstudio.probes.spec import Look, probes
from tests.probes.small import chain, linear, look_at, look_at_digits, split, tensors

LOOK = probes()["answer"].look
CONTEXT = 6


def look_at_moons() -> Look:
    train, test = split(tensors("moons"), 40)
    torch.manual_seed(1)
    model = chain(hidden=nn.Linear(2, 4), tanh=nn.Tanh(), out=nn.Linear(4, 1))
    return look_at(model, train, test, field="point", task="logit", names=("upper", "lower"))


def look_at_text(model: nn.Module, task: str = "tokens") -> Look:
    rows = torch.randint(5, (12, CONTEXT), generator=torch.Generator().manual_seed(0))
    data = {"text": rows, "next": rows if task == "tokens" else rows[:, 0]}
    look = look_at(model, data, data, field="text", task=task, target="next", names=tuple("abcde"))
    return replace(look, names_of=lambda field: tuple("abcde") if field == "text" else ())


class Recurrent(nn.Module):
    """Any number of tokens in, an answer at each place out."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.embedding, self.rnn, self.head = nn.Embedding(5, 4), nn.GRU(4, 8, batch_first=True), nn.Linear(8, 5)

    def forward(self, text: torch.Tensor) -> torch.Tensor:
        return self.head(self.rnn(self.embedding(text))[0])


def test_the_sample_itself_until_something_is_given() -> None:
    look = look_at_digits()
    found = LOOK(look, {"sample": 7})
    image = look.test["image"][7:8]
    assert found.arrays["probabilities"] == pytest.approx(look.model(image).softmax(1)[0].numpy(), abs=1e-6)
    assert np.array_equal(found.arrays["input:image"], image[0].numpy())
    assert found.facts["label"] == int(look.test["label"][7])
    assert (found.facts["sample"], found.facts["samples"], found.facts["task"]) == (7, 360, "classes")


def test_a_drawn_picture_is_what_the_model_sees() -> None:
    look = look_at_digits()
    drawn = torch.rand(1, 8, 8, generator=torch.Generator().manual_seed(3))
    found = LOOK(look, {"given:image": drawn.flatten().tolist(), "sample": 7})
    assert found.arrays["probabilities"] == pytest.approx(look.model(drawn[None]).softmax(1)[0].numpy(), abs=1e-6)
    assert np.array_equal(found.arrays["input:image"], drawn.numpy())
    assert np.array_equal(found.arrays["sample:image"], look.test["image"][7].numpy())
    assert "label" not in found.facts


def test_of_a_point_the_plane_around_is_told_too() -> None:
    look = look_at_moons()
    found = LOOK(look, {"given:point": [0.25, -0.5], "ground": 12})
    sure = look.model(torch.tensor([[0.25, -0.5]])).sigmoid().item()
    assert found.arrays["probabilities"] == pytest.approx([1 - sure, sure])
    whole = probes()["boundary"].look(look, {"resolution": 12})
    assert np.array_equal(found.arrays["grid"], whole.arrays["grid"])
    assert found.facts["x0"] == whole.facts["x0"]
    assert found.facts["sample"] == 0
    assert "grid" not in LOOK(look, {}).arrays


def test_numbers_are_told_as_they_are() -> None:
    data = {"x": torch.tensor([[1.0, 2.0], [3.0, 5.0]]), "y": torch.tensor([[1.0], [2.0]])}
    look = look_at(chain(out=linear([[1.0, 10.0]], [0.5])), data, data, field="x", task="values", target="y")
    found = LOOK(look, {"given:x": [2.0, 3.0], "figures": True})
    assert found.arrays["output"].tolist() == [32.5]
    assert (found.facts["output"], found.facts["task"]) == ("out", "values")
    assert found.arrays["figure:x:low"].tolist() == [1.0, 2.0]
    assert found.arrays["figure:x:high"].tolist() == [3.0, 5.0]
    assert found.facts["figure:x:choices:1"] == [2.0, 5.0]


def test_a_text_may_be_shorter_and_the_place_is_chosen() -> None:
    look = look_at_text(chain(whole=Recurrent()))
    typed = [0, 3, 1]
    found = LOOK(look, {"given:text": typed, "figures": True})
    logits = look.model(torch.tensor([typed]))[0]
    assert found.arrays["probabilities"] == pytest.approx(logits[2].softmax(0).numpy(), abs=1e-6)
    assert found.arrays["written"].tolist() == logits.argmax(1).tolist()
    assert found.facts["tokens:text"] == list("abcde")
    assert LOOK(look, {"given:text": typed, "at": 0}).arrays["probabilities"] == pytest.approx(
        logits[0].softmax(0).numpy(), abs=1e-6
    )


def test_a_text_too_short_for_the_network_is_told() -> None:
    flat = chain(embedding=nn.Embedding(5, 2), flatten=nn.Flatten(), out=nn.Linear(2 * CONTEXT, 5))
    look = look_at_text(flat, "classes")
    assert LOOK(look, {"given:text": [1] * CONTEXT}).arrays["probabilities"].shape == (5,)
    with pytest.raises(DataError, match="takes 6 tokens at once, not 2"):
        LOOK(look, {"given:text": [1, 2]})


@pytest.mark.parametrize("given", [[1.0] * 63, [1.0] * 65, [], [float("nan")] * 64, ["1"] * 64, "1", 3])
def test_what_can_be_no_picture_is_refused(given: object) -> None:
    with pytest.raises(DataError, match="takes"):
        LOOK(look_at_digits(), {"given:image": given})


def test_without_inputs_there_is_nothing_to_try() -> None:
    look = look_at_digits()
    alone = replace(look, spec=msgspec.structs.replace(look.spec, inputs=()))
    with pytest.raises(DataError, match="Nothing comes into this network"):
        LOOK(alone, {})
    with pytest.raises(DataError, match="puts nothing out"):
        LOOK(replace(look, spec=msgspec.structs.replace(look.spec, outputs=())), {})


# How the samples lie


def strokes(count: int, side: int, shift: int = 0) -> torch.Tensor:
    """Upright bars, 3 pixels wide and 10 high, in the middle; or each moved by up to `shift`."""
    chance = torch.Generator().manual_seed(0)
    pictures = torch.zeros(count, 1, side, side)
    for picture in pictures:
        top, left = (int(torch.randint(-shift, shift + 1, (), generator=chance)) if shift else 0 for _ in range(2))
        top, left = top + (side - 10) // 2, left + (side - 3) // 2
        picture[0, top : top + 10, left : left + 3] = 1.0
    return pictures


def test_the_manner_of_drawings_is_measured() -> None:
    _, manner = figures_of(strokes(5, 21))
    assert manner["plain"] is True
    assert manner["centred"] is True
    assert (manner["low"], manner["high"], manner["ground"]) == (0.0, 1.0, [0.0])
    assert manner["extent"] == 10.0
    assert (manner["x"], manner["y"]) == pytest.approx((10.5, 10.0))
    assert manner["stroke"] == pytest.approx(2 * 30 / 26, rel=0.05)  # twice the area over the outline
    assert figures_of(strokes(40, 41, shift=12))[1]["centred"] is False


def test_photographs_have_no_manner_and_paper_may_be_white() -> None:
    assert figures_of(torch.rand(8, 3, 12, 12, generator=torch.Generator().manual_seed(0)))[1]["plain"] is False
    _, white = figures_of(1.0 - strokes(5, 21))
    assert white["plain"] is True
    assert white["ground"] == [1.0]
    assert white["extent"] == 10.0
    blank = figures_of(torch.zeros(3, 1, 8, 8))[1]
    assert np.isfinite([blank["extent"], blank["stroke"], blank["x"]]).all()


def test_whole_numbers_have_no_range() -> None:
    assert figures_of(torch.zeros(3, 4, dtype=torch.int64)) == ({}, {})
