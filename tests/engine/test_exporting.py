import msgspec
import pytest
import torch

from nnstudio.engine import exporting
from nnstudio.engine.model import weights
from nnstudio.engine.model.subject import make_subject
from nnstudio.errors import EngineError
from nnstudio.export.spec import ExportType
from nnstudio.protocol import messages as msg

WHOLE_TEST_SET = 80


def write(work, path):
    assert not work.model.training
    assert len(work.inputs[0]) == len(work.outputs[0]) == WHOLE_TEST_SET
    path.write_bytes(b"x" * 10)
    other = path.with_suffix(".json")
    other.write_text("{}")
    return [path, other]


def kind(name, run, **more):
    return ExportType(name, name.title(), ".bin", "", write, run, **more)


KINDS = {
    "same": kind("same", lambda work, files: list(work.outputs)),
    "near": kind("near", lambda work, files: [o + 1e-6 for o in work.outputs], exact=False, tolerance=1e-5),
    "not-exact": kind("not-exact", lambda work, files: [o + 1e-6 for o in work.outputs]),
    "nan": kind("nan", lambda work, files: [o * float("nan") for o in work.outputs], exact=False, tolerance=1),
    "short": kind("short", lambda work, files: [o[:-1] for o in work.outputs]),
    "few": kind("few", lambda work, files: []),
    "broken": kind("broken", lambda work, files: 1 / 0),
}


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(exporting, "exports", lambda: KINDS)


def request(moons, kind, path):
    return msg.Export(id=4, kind=kind, path=str(path), model=moons)


@pytest.mark.parametrize(("kind", "difference"), [("same", 0.0), ("near", 1e-6)])
def test_what_is_the_same_is_kept(moons, moons_subject, tmp_path, kind, difference):
    done = exporting.export(request(moons, kind, tmp_path / "m.bin"), moons_subject)
    assert done.difference == pytest.approx(difference, rel=0.2)
    assert done.files == (str(tmp_path / "m.bin"), str(tmp_path / "m.json"))
    assert done.size == 12
    assert moons_subject.model.training


@pytest.mark.parametrize("kind", ["not-exact", "nan", "short", "few", "broken"])
def test_what_differs_is_removed(moons, moons_subject, tmp_path, kind):
    with pytest.raises(EngineError):
        exporting.export(request(moons, kind, tmp_path / "m.bin"), moons_subject)
    assert list(tmp_path.iterdir()) == []


def test_what_differs_leaves_earlier_files_alone(moons, moons_subject, tmp_path):
    (tmp_path / "m.bin").write_text("before")
    with pytest.raises(EngineError, match="differ by up to"):
        exporting.export(request(moons, "not-exact", tmp_path / "m.bin"), moons_subject)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("m.bin", "before")]


def test_layers_without_given_weights_are_named(moons, tmp_path):
    data = weights.save(make_subject(moons).model)
    other = moons.source.replace("nn.Linear(16, 2)", "nn.Linear(16, 3)").replace("self.norm ", "self.batch_norm ")
    changed = msgspec.structs.replace(moons, source=other.replace("self.norm(", "self.batch_norm("), weights=data)
    done = exporting.export(request(changed, "same", tmp_path / "m.bin"), make_subject(changed))
    assert done.detail == "Not trained: batch_norm, head."
    for whole in (moons, msgspec.structs.replace(moons, weights=data)):
        assert exporting.export(request(whole, "same", tmp_path / "m.bin"), make_subject(whole)).detail == ""


def test_a_kind_that_does_not_exist(moons, moons_subject, tmp_path):
    with pytest.raises(EngineError, match="no export 'nope'"):
        exporting.export(request(moons, "nope", tmp_path / "m.bin"), moons_subject)


def test_it_leaves_the_random_numbers_alone(moons, moons_subject, tmp_path):
    state = torch.get_rng_state()
    exporting.export(request(moons, "same", tmp_path / "m.bin"), moons_subject)
    assert torch.equal(torch.get_rng_state(), state)
