import time
from dataclasses import replace

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.spec import probes
from nnstudio.protocol.messages import DataRef, FreeInput
from tests.probes.small import chain, linear, look_at, look_at_digits

LOOK = probes()["predictions"].look

# Logits are the two numbers themselves, so that the probability of class 1 is sigmoid(b - a).
POINTS = torch.tensor([[0.0, 1.0], [0.0, 3.0], [2.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
LABELS = torch.tensor([1, 0, 1, 0, 1])


@pytest.fixture
def one_thread():
    """Two threads wait for each other where other programs run, which says nothing of the probe."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def sigmoid(*logits: float) -> list[float]:
    return [1 / (1 + np.exp(-logit)) for logit in logits]


def look_at_five(weight: list[list[float]], task: str, labels: torch.Tensor = LABELS):
    data = {"point": POINTS, "label": labels}
    model = chain(out=linear(weight, [0.0] * len(weight)))
    return look_at(model, data, data, field="point", task=task, names=("no", "yes"))


def test_mistakes_come_first_the_surest_before_the_others():
    found = LOOK(look_at_five([[1.0, 0.0], [0.0, 1.0]], "classes"), {})
    assert found.arrays["index"].tolist() == [1, 2, 0, 3, 4]
    assert found.arrays["true"].tolist() == [0, 1, 1, 0, 1]
    assert found.arrays["predicted"].tolist() == [1, 0, 1, 0, 1]
    assert found.arrays["confidence"] == pytest.approx(sigmoid(3, 2, 1, 1, 2))
    assert found.arrays["input:point"].tolist() == POINTS[[1, 2, 0, 3, 4]].tolist()
    assert found.facts == {
        "wrong": 2,
        "total": 5,
        "accuracy": 0.6,
        "names": ["no", "yes"],
        "task": "classes",
        "page": 0,
    }
    kinds = {name: array.dtype.name for name, array in found.arrays.items()}
    assert kinds == {
        "index": "int64",
        "true": "int64",
        "predicted": "int64",
        "confidence": "float32",
        "input:point": "float32",
    }


def test_one_logit_says_the_same_as_two():
    two, one = look_at_five([[1.0, 0.0], [0.0, 1.0]], "classes"), look_at_five([[-1.0, 1.0]], "logit")
    for name, array in LOOK(two, {}).arrays.items():
        assert LOOK(one, {}).arrays[name] == pytest.approx(array)


def test_probability_is_taken_as_it_is_and_targets_may_be_floats():
    data = {"point": torch.tensor([[0.9, 0.0], [0.2, 0.0]]), "label": torch.tensor([[1.0], [1.0]])}
    look = look_at(chain(out=linear([[1.0, 0.0]], [0.0])), data, data, field="point", task="probability")
    found = LOOK(look, {})
    assert found.arrays["index"].tolist() == [1, 0]
    assert found.arrays["predicted"].tolist() == [0, 1]
    assert found.arrays["confidence"] == pytest.approx([0.8, 0.9])


def test_values_are_ordered_by_their_error():
    truth = torch.tensor([[1.0], [3.5], [2.0], [-4.0], [2.0]])
    found = LOOK(look_at_five([[1.0, 1.0]], "values", truth), {"count": 4})
    assert found.arrays["index"].tolist() == [3, 1, 0, 2]
    assert found.arrays["error"].tolist() == [5.0, 0.5, 0.0, 0.0]
    assert found.arrays["predicted"].tolist() == [1.0, 3.0, 1.0, 2.0]
    assert found.arrays["true"].tolist() == [-4.0, 3.5, 1.0, 2.0]
    assert "confidence" not in found.arrays
    assert (found.facts["wrong"], found.facts["task"]) == (-1, "values")


def test_pages_part_the_whole_test_set():
    look = look_at_digits()
    pages = [LOOK(look, {"count": 100, "page": page}).arrays["index"] for page in range(4)]
    assert [len(page) for page in pages] == [100, 100, 100, 60]
    assert sorted(np.concatenate(pages).tolist()) == list(range(360))
    past = LOOK(look, {"count": 100, "page": 99})
    assert past.facts["page"] == 3
    assert np.array_equal(past.arrays["index"], pages[3])


def test_agrees_with_the_model_itself():
    look = look_at_digits()
    found = LOOK(look, {"count": 1000})
    logits = look.model(look.test["image"])
    index = torch.from_numpy(found.arrays["index"])
    assert found.arrays["predicted"].tolist() == logits.argmax(1)[index].tolist()
    assert found.arrays["confidence"] == pytest.approx(logits.softmax(1).amax(1)[index].numpy(), abs=1e-6)
    right = (logits.argmax(1) == look.test["label"]).float().mean()
    assert found.facts["accuracy"] == pytest.approx(float(right))


def test_is_quick(one_thread):
    look = look_at_digits()
    times = []
    for _ in range(20):
        start = time.perf_counter()
        LOOK(look, {})
        times.append(time.perf_counter() - start)
    assert min(times) < 0.01


def test_what_has_no_single_answer_is_told():
    data = {"point": torch.rand(4, 2), "label": torch.zeros(4, dtype=torch.int64)}
    grid = chain(out=nn.Linear(2, 4), folded=nn.Unflatten(1, (2, 2)))
    with pytest.raises(DataError, match="one answer a sample; the prediction has 2×2"):
        LOOK(look_at(grid, data, data, field="point"), {})
    with pytest.raises(DataError, match="one answer a sample"):
        LOOK(look_at(chain(out=nn.Linear(2, 3)), data, data, field="point", task="logit"), {})
    with pytest.raises(DataError, match="no prediction"):
        LOOK(look_at(chain(out=nn.Linear(2, 3)), data, data, field="point", target="gone"), {})


def test_without_a_data_set_there_are_no_samples_to_judge():
    data = {"x": torch.rand(4, 2), "label": torch.rand(4, 1)}
    look = look_at(chain(out=linear([[1.0, 1.0]], [0.0])), data, data, field="x", task="values")
    free = (FreeInput("x", (2,)), FreeInput("label", (1,)))
    for spec in (
        msgspec.structs.replace(look.spec, data=DataRef(""), free=free),
        msgspec.structs.replace(look.spec, data=DataRef(""), outputs=("e",), prediction="", target=""),
    ):
        with pytest.raises(DataError, match="no data set, so there are no samples to judge"):
            LOOK(replace(look, spec=spec), {})


def test_samples_of_a_cell_of_the_confusion_matrix():
    look = look_at_digits()
    true, said = look.test["label"].numpy(), look.model(look.test["image"]).argmax(1).numpy()
    cell = next((int(a), int(b)) for a, b in zip(true, said, strict=True) if a != b)
    found = LOOK(look, {"true": cell[0], "predicted": cell[1], "count": 1000})
    assert sorted(found.arrays["index"].tolist()) == np.flatnonzero((true == cell[0]) & (said == cell[1])).tolist()
    assert found.facts["total"] == len(found.arrays["index"])
    assert found.facts["wrong"] == int((true != said).sum())  # of all, as ever
    of_class = LOOK(look, {"true": cell[0], "count": 1000})
    assert sorted(of_class.arrays["index"].tolist()) == np.flatnonzero(true == cell[0]).tolist()
    none = LOOK(look, {"true": 77})
    assert (len(none.arrays["index"]), none.facts["total"], none.facts["page"]) == (0, 0, 0)


def test_sequences_come_by_how_many_of_their_places_are_wrong():
    torch.manual_seed(0)
    rows = torch.randint(5, (30, 6))
    data = {"text": rows, "next": rows.roll(-1, 1)}
    look = look_at(chain(embedding=nn.Embedding(5, 5)), data, data, field="text", task="tokens", target="next")
    look = replace(look, spec=msgspec.structs.replace(look.spec, ignore=3))
    found = LOOK(look, {"count": 100})
    said, true = look.model(rows).argmax(-1), data["next"]
    counts = true != 3
    share = ((said == true) & counts).sum(1) / counts.sum(1).clamp(min=1)
    order = found.arrays["index"]
    assert found.arrays["right"] == pytest.approx(share[order].numpy())
    assert sorted(share.tolist()) == pytest.approx(share[order].tolist())
    assert found.arrays["predicted"].tolist() == said[order].tolist()
    assert found.facts["places"] == int(counts.sum())
    with_cell = LOOK(look, {"true": 3, "predicted": 0, "count": 100})
    assert with_cell.facts["total"] == 0  # places that do not count are in no cell
