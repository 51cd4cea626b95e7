"""One harness over every declared export, with real models."""

import copy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from nnstudio.errors import NNStudioError
from nnstudio.export import check, files
from nnstudio.export import onnx as onnx_export
from nnstudio.export.check import largest_difference, work_of, write_and_check
from nnstudio.export.spec import ExportType, Work, exports
from nnstudio.protocol.messages import DataRef, Model
from tests.export.models import DIGITS, MODELS

ALL = [declared for declared in exports().values() if not declared.trains]
"""Those that give a trained model's outputs; one that trains is in test_script.py."""
each_kind = pytest.mark.parametrize("declared", ALL, ids=lambda declared: declared.kind)


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Work]:
    return {name: make(tmp_path_factory.mktemp(name)) for name, make in MODELS.items()}


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def spoil(path: Path) -> None:
    """Turn every bit of the middle third, where the weights lie."""
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 3, 2 * len(content) // 3):
        content[place] ^= 0xFF
    path.write_bytes(content)


def still_good(declared: ExportType, work: Work, written: list[Path]) -> bool:
    try:
        return largest_difference(work.outputs, declared.run(work, written)) <= declared.tolerance
    except NNStudioError:
        return False


def test_the_four_kinds_are_there():
    assert set(exports()) >= {"python", "torch", "safetensors", "onnx"}
    assert all(declared.summary.endswith(".") for declared in ALL)


@each_kind
@pytest.mark.parametrize("name", MODELS)
def test_gives_what_the_model_gives(declared, name, works, tmp_path, capfd):
    written = write_and_check(declared, works[name], tmp_path / f"model{declared.suffix}")
    print(f"{declared.kind} {name}: difference {written.difference:g}, {written.size} bytes")
    assert capfd.readouterr().out.count("\n") == 1, "an export has nothing to say on standard output"
    assert written.difference == 0.0 if declared.exact else written.difference <= declared.tolerance
    assert written.files[0] == tmp_path / f"model{declared.suffix}"
    assert {path.name for path in written.files} == left_in(tmp_path)
    assert written.size == sum(path.stat().st_size for path in tmp_path.iterdir())


@each_kind
def test_damage_is_noticed(declared, works, tmp_path):
    written = write_and_check(declared, works["moons"], tmp_path / "model")
    assert still_good(declared, works["moons"], list(written.files))
    spoil(written.files[-1])
    assert not still_good(declared, works["moons"], list(written.files))


@each_kind
def test_other_weights_are_noticed(declared, works, tmp_path, monkeypatch):
    work = works["moons"]
    wrong = replace(work, outputs=[work.outputs[0] + 0.01, work.outputs[1]])
    with pytest.raises(NNStudioError, match=r"other outputs .* 0\.01"):
        write_and_check(declared, wrong, tmp_path / "model")


@each_kind
def test_a_missing_folder_is_told(declared, works, tmp_path):
    with pytest.raises(NNStudioError, match="There is no folder"):
        declared.write(works["moons"], tmp_path / "nowhere" / "model")
    (tmp_path / "file").write_text("")
    with pytest.raises(NNStudioError, match="There is no folder"):
        declared.write(works["moons"], tmp_path / "file" / "model")


@each_kind
def test_a_failure_leaves_what_was_there(declared, works, tmp_path, monkeypatch):
    path = tmp_path / f"model{declared.suffix}"
    path.write_text("before")

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(NNStudioError, match="No space left"):
        declared.write(works["moons"], path)
    assert left_in(tmp_path) == {path.name}
    assert path.read_text() == "before"


@each_kind
def test_a_folder_in_the_way_is_told(declared, works, tmp_path):
    (tmp_path / f"model{declared.suffix}").mkdir()
    with pytest.raises(NNStudioError, match="a folder of that name"):
        declared.write(works["moons"], tmp_path / "model")
    assert left_in(tmp_path) == set()


def declared_for_test(run, **more):
    def write(work, path):
        return files.write_files({path: b"new", path.with_suffix(".json"): b"{}"})

    return ExportType("test", "Test", ".bin", "", write, run, **more)


def off_by(difference):
    return lambda work, written: [output + difference for output in work.outputs]


@pytest.mark.parametrize("run", [off_by(1e-3), lambda work, written: 1 / 0])
def test_a_refused_export_leaves_what_was_there(run, works, tmp_path):
    (tmp_path / "model.json").write_text("before")
    with pytest.raises((NNStudioError, ZeroDivisionError)):
        write_and_check(declared_for_test(run), works["moons"], tmp_path / "model.bin")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("model.json", "before")]


def test_nothing_is_in_place_before_it_was_checked(works, tmp_path):
    seen = []

    def run(work, written):
        seen.append([path.name for path in tmp_path.iterdir() if path.is_file()])
        return list(work.outputs)

    write_and_check(declared_for_test(run), works["moons"], tmp_path / "model.bin")
    assert seen == [[]]
    assert {path.name for path in tmp_path.iterdir()} == {"model.bin", "model.json"}


def test_files_that_can_not_all_be_placed_are_not_placed(works, tmp_path, monkeypatch):
    """The second of two: the first is taken back, and what it replaced is there again."""
    (tmp_path / "model.bin").write_text("before")
    real = files.os.replace

    def refuse(source, target):
        if Path(target) == tmp_path / "model.json":
            raise OSError(13, "Permission denied")
        real(source, target)

    monkeypatch.setattr(files.os, "replace", refuse)
    with pytest.raises(NNStudioError, match="Permission denied"):
        write_and_check(declared_for_test(off_by(0)), works["moons"], tmp_path / "model.bin")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("model.bin", "before")]


def test_a_folder_in_the_way_of_a_checked_file_is_told(works, tmp_path):
    (tmp_path / "model.json").mkdir()
    with pytest.raises(NNStudioError, match="a folder of that name"):
        write_and_check(declared_for_test(off_by(0)), works["moons"], tmp_path / "model.bin")
    assert left_in(tmp_path) == set()


def test_a_weight_that_is_no_number_is_no_difference(works, tmp_path):
    model = copy.deepcopy(works["moons"].model)
    model.head.weight.data[0, 0] = float("nan")
    work = work_of(model, works["moons"].spec, works["moons"].inputs)
    for kind in ("torch", "python", "onnx"):
        assert write_and_check(exports()[kind], work, tmp_path / kind).difference <= 1e-4


def test_the_whole_test_set_is_compared_in_batches_on_both_sides(works, tmp_path):
    sizes = []
    work = works["digits"]
    model = copy.deepcopy(work.model)
    model.register_forward_pre_hook(lambda module, inputs: sizes.append(len(inputs[0])))
    again = work_of(model, work.spec, work.inputs)
    assert sizes == [256, 104]
    write_and_check(exports()["torch"], again, tmp_path / "model")
    assert sizes == [256, 104] * 2
    assert check.batch_size([torch.zeros(1, 3, 512, 512)]) == 1


def test_the_tolerance_grows_with_the_outputs():
    check.check_same("Test", [torch.tensor([1000.0])], [torch.tensor([1000.05])], 1e-4)
    with pytest.raises(NNStudioError, match=r"they differ by up to 0\.2"):
        check.check_same("Test", [torch.tensor([1000.0])], [torch.tensor([1000.2])], 1e-4)
    with pytest.raises(NNStudioError, match=r"differ by up to 0\.0002"):
        check.check_same("Test", [torch.tensor([0.1])], [torch.tensor([0.1002])], 1e-4)
    with pytest.raises(NNStudioError, match="of other shapes"):
        check.check_same("Test", [torch.zeros(2)], [torch.zeros(3)], 1e-4)


def test_the_source_and_the_weights_alone_do_not_overwrite_each_other(works, tmp_path):
    first = write_and_check(exports()["python"], works["moons"], tmp_path / "model.py")
    second = write_and_check(exports()["torch"], works["moons"], tmp_path / "model.pt")
    assert not set(first.files) & set(second.files)
    assert len(left_in(tmp_path)) == 3


# Python


def test_python_is_the_same_text_and_runs_by_itself(works, tmp_path):
    source, weights = exports()["python"].write(works["digits"], tmp_path / "digits.v2")
    assert (source.name, weights.name) == ("digits.v2.py", "digits.v2.weights.pt")
    assert source.read_bytes() == DIGITS.encode()
    done = subprocess.run([sys.executable, "-I", source], cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("DigitsCnn(")


def test_python_that_fails_or_was_changed_is_told(works, tmp_path):
    declared = exports()["python"]
    work = works["moons"]
    broken = replace(work, spec=Model("raise ValueError('no model')\n", "Moons", DataRef(""), ("point",)))
    with pytest.raises(NNStudioError, match="does not run: ValueError: no model"):
        write_and_check(declared, broken, tmp_path / "broken")
    written = declared.write(work, tmp_path / "model")
    written[0].write_text(written[0].read_text() + "\n")
    with pytest.raises(NNStudioError, match="not the source as it was"):
        declared.run(work, written)


@pytest.mark.parametrize("name", ["torch", "random.py"])
def test_python_does_not_hide_other_modules(name, works, tmp_path):
    with pytest.raises(NNStudioError, match="would hide"):
        exports()["python"].write(works["moons"], tmp_path / name)


# ONNX


def test_onnx_takes_any_number_of_samples_and_keeps_the_names(works, tmp_path):
    import onnx
    import onnxruntime

    [path] = exports()["onnx"].write(works["reader"], tmp_path / "reader")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [(node.name, node.shape) for node in session.get_inputs()] == [
        ("words", ["batch", 5]),
        ("extra", ["batch", 2]),
    ]
    assert [(node.name, node.shape) for node in session.get_outputs()] == [("head", ["batch", 3])]
    for count in (1, 2, 7, 30):
        inputs = [tensor[:count] for tensor in works["reader"].inputs]
        [made] = session.run(None, {"words": inputs[0].numpy(), "extra": inputs[1].numpy()})
        expected = check.run_model(works["reader"].model, inputs)
        assert largest_difference(expected, [torch.from_numpy(made)]) < 1e-5
    assert onnx.load(path).graph.node
    assert b"stack_trace" not in path.read_bytes()


def test_onnx_with_one_test_sample(works, tmp_path):
    work = works["digits"]
    single = work_of(work.model, work.spec, [work.inputs[0][:1]])
    assert write_and_check(exports()["onnx"], single, tmp_path / "one").difference < 1e-4


def test_onnx_of_large_outputs(works, tmp_path):
    """Their last bits are worth more than 1e-4."""
    model = copy.deepcopy(works["digits"].model)
    model.head.weight.data *= 1e5
    work = work_of(model, works["digits"].spec, works["digits"].inputs)
    assert 1e-4 < write_and_check(exports()["onnx"], work, tmp_path / "model").difference < 100


def test_onnx_that_differs_for_a_single_sample_tells_the_difference(works, tmp_path, monkeypatch):
    real = onnx_export._infer

    def infer(session, work, inputs):
        return [output + 0.5 for output in real(session, work, inputs)]

    monkeypatch.setattr(onnx_export, "_infer", infer)
    with pytest.raises(NNStudioError, match=r"a single sample .* by up to 0\.5"):
        write_and_check(exports()["onnx"], works["moons"], tmp_path / "model")


def test_onnx_says_what_is_missing(works, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(NNStudioError, match="pip install onnxruntime"):
        exports()["onnx"].write(works["moons"], tmp_path / "model")
    assert left_in(tmp_path) == set()


def test_onnx_names_what_it_cannot_write(tmp_path):
    spec = Model("", "", DataRef(""), ("image",), outputs=("pool",))
    work = work_of(nn.AdaptiveMaxPool2d(3), spec, [torch.rand(4, 1, 8, 8)])
    with pytest.raises(NNStudioError, match="adaptive_max_pool2d") as told:
        exports()["onnx"].write(work, tmp_path / "model")
    assert "\x1b" not in str(told.value)
    assert left_in(tmp_path) == set()


# The comparison itself


def test_the_model_is_left_as_it_is():
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5)).train()
    work = work_of(model, Model("", "", DataRef(""), ("x",)), [torch.rand(3, 2)])
    assert model.training
    assert not work.model.training
    assert all(not output.requires_grad for output in work.outputs)


def test_shared_weights_are_written_once_for_each_name(tmp_path):
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4))
    model[2].weight = model[0].weight
    work = work_of(model, Model("", "", DataRef(""), ("x",)), [torch.rand(5, 4)])
    for kind in ("torch", "safetensors"):
        assert write_and_check(exports()[kind], work, tmp_path / kind).difference == 0.0


@pytest.mark.parametrize(
    ("ours", "theirs", "difference"),
    [
        ([1.0, 2.0], [1.0, 2.5], 0.5),
        ([1.0, float("nan")], [1.0, float("nan")], 0.0),
        ([1.0, float("inf")], [1.0, float("inf")], 0.0),
        ([1.0, 2.0], [1.0, float("nan")], float("inf")),
        ([float("inf")], [-float("inf")], float("inf")),
        ([1.0, 2.0], [1.0], float("inf")),
        ([], [], 0.0),
    ],
)
def test_the_largest_difference(ours, theirs, difference):
    assert largest_difference([torch.tensor(ours)], [torch.tensor(theirs)]) == difference
    assert largest_difference([torch.tensor(ours)], []) == float("inf")
