import pytest

from nnstudio.errors import BadParameter
from nnstudio.graph.race import Axis, Race, entries
from nnstudio.ui.racing.presets import PRESETS
from nnstudio.ui.racing.varying import values_from, values_text, varying
from tests.project.test_racing import moons


def offered(document=None):
    return {each.path: each for each in varying(document or moons())}


def test_what_can_vary_is_the_plan_and_the_nodes_also_those_in_blocks():
    document = moons()
    document.make_block(["hidden", "dropout"], "Encoder")
    instance = next(node for node in document.nodes.values() if node.block)
    known = offered(document)
    assert {"training.lr", "training.optimizer", "training.seed", "head.out_features"} <= known.keys()
    assert known[f"{instance.name}.dropout.p"].value == 0.5
    assert "training.betas" not in known


def test_what_is_suggested_is_taken():
    document = moons()
    for path, each in offered(document).items():
        values = values_from(each, path, values_text(each.suggested()))
        assert len(values) == len(each.suggested()), path
        assert entries(Race((Axis(path, values),)), 0)


def test_values_are_read_as_they_are_written():
    known = offered()
    assert values_from(known["training.lr"], "training.lr", "0.1; 1e-3, 0.1") == (0.1, 0.001)
    assert values_from(known["hidden.bias"], "hidden.bias", "true, false") == (True, False)
    written = "SGD momentum=0.9, Adam"
    assert values_from(known["training.optimizer"], "training.optimizer", written) == ("SGD momentum=0.9", "Adam")
    with pytest.raises(BadParameter, match="out_features takes a whole number"):
        values_from(known["hidden.out_features"], "hidden.out_features", "4, x")
    with pytest.raises(BadParameter, match="optimizer takes one of"):
        values_from(known["training.optimizer"], "training.optimizer", "Sgd")


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_presets_can_be_run(preset):
    document = moons()
    for entry in entries(preset.change(Race()), 0):
        document.plan.changed(entry.plan)
