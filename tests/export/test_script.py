"""The training script, against the engine's own trainer."""

import runpy
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from nnstudio.compiler.compile import compile_document
from nnstudio.engine.exporting import export, training_of
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import NNStudioError
from nnstudio.examples import resolve
from nnstudio.export import script_text
from nnstudio.export.check import work_of
from nnstudio.export.spec import exports
from nnstudio.graph import storage
from nnstudio.project.carrying import model_message, plan_message
from nnstudio.protocol import messages as msg


@pytest.fixture(autouse=True)
def _numbers_next_to_nothing():
    """A script flushes them to zero in the whole process, and other tests look at them."""
    yield
    torch.set_flush_denormal(False)


PLANS = {
    "as it is": {"epochs": 2},
    "momentum, steps, clipped": {
        "optimizer": "SGD",
        "momentum": 0.9,
        "lr": 0.1,
        "schedule": "step",
        "step_size": 1,
        "clip_norm": 0.5,
        "clip_value": 0.1,
        "epochs": 3,
    },
    "warm-up": {"optimizer": "AdamW", "schedule": "warmup_cosine", "seed": 4, "batch_size": 50, "epochs": 3},
    "curvature": {"optimizer": "LBFGS", "lr": 0.3, "max_iter": 5, "epochs": 2},
    "matrices": {"optimizer": "Muon", "schedule": "linear", "epochs": 2},
    "plateau": {"optimizer": "SGD", "lr": 1e-9, "schedule": "plateau", "patience": 0, "factor": 0.5, "epochs": 4},
    "half": {"precision": "bfloat16", "epochs": 1},
    "begun otherwise": {"init_linear": "kaiming_normal", "epochs": 1},
    "stopped early": {"optimizer": "SGD", "lr": 0.0, "early_stopping": 2, "epochs": 3},
    "one cycle": {"optimizer": "RMSprop", "schedule": "one_cycle", "alpha": 0.9, "epochs": 2},
}


def request_for(example, path, **plan):
    document = storage.load(resolve(f"example:{example}"))
    document.set_plan(**plan)
    model = model_message(document, compile_document(document), None)
    return msg.Export(kind="script", path=str(path), model=model, plan=plan_message(document))


def work_for(request):
    subject = make_subject(request.model)
    inputs = [subject.data.test[name] for name in request.model.inputs]
    return replace(work_of(subject.model, request.model, inputs), training=training_of(request))


def trained_by_script_and_engine(request, folder):
    files = exports()["script"].write(work_for(request), folder / "moons")
    losses = runpy.run_path(str(files[0]), run_name="training")["train"]()
    subject = make_subject(request.model, plan=request.plan)
    trainer = Trainer(subject.model, request.model, request.plan, subject.data)
    for _ in range(trainer.total_steps):
        trainer.step()
        if trainer.epoch_ended:
            trainer.updater.epoch_done(trainer.test().loss)
    return np.float32(losses), trainer.take().losses


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_the_whole_training_has_the_same_losses(tmp_path, plan, capsys):
    theirs, ours = trained_by_script_and_engine(request_for("moons", tmp_path / "moons", **plan), tmp_path)
    assert np.array_equal(theirs, ours)
    assert capsys.readouterr().out.count("test loss") == plan["epochs"]
    assert (tmp_path / "moons.weights.pt").exists()


@pytest.mark.parametrize("optimizer", ["SGD", "Muon"])
def test_layers_with_a_rate_of_their_own_or_none(tmp_path, optimizer):
    request = request_for("moons", tmp_path / "moons", optimizer=optimizer, schedule="cosine", epochs=2)
    groups = (msg.Group("hidden1", frozen=True), msg.Group("head", lr=0.2))
    request = msgspec.structs.replace(request, plan=msgspec.structs.replace(request.plan, groups=groups))
    assert {"hidden1.weight", "head.weight"} < {weight.name for weight in training_of(request).weights}
    theirs, ours = trained_by_script_and_engine(request, tmp_path)
    assert np.array_equal(theirs, ours)


def test_it_is_checked_by_itself(tmp_path):
    request = request_for("moons", tmp_path / "moons")
    told = export(request, make_subject(request.model))
    assert told.difference == 0.0
    assert [Path(file).name for file in told.files] == ["moons.py", "moons.data.pt"]


def test_a_computation_without_data_needs_no_data(tmp_path):
    request = request_for("backprop-five-nodes", tmp_path / "five")
    files = exports()["script"].write(work_for(request), tmp_path / "five")
    assert [file.name for file in files] == ["five.py"]
    losses = runpy.run_path(str(files[0]), run_name="training")["train"](3)
    assert losses == training_of(request).losses[:3].tolist()


def test_without_a_plan_there_is_nothing_to_train(tmp_path):
    request = msgspec.structs.replace(request_for("moons", tmp_path / "moons"), plan=None)
    with pytest.raises(NNStudioError, match="nothing to train"):
        export(request, make_subject(request.model))
    assert list(tmp_path.iterdir()) == []


def test_other_losses_are_noticed(tmp_path, monkeypatch):
    wrong = script_text._LOOP.replace("losses.append(loss.item())", "losses.append(loss.item() + 1e-3)")
    monkeypatch.setattr(script_text, "_LOOP", wrong)
    request = request_for("moons", tmp_path / "moons")
    with pytest.raises(NNStudioError, match="other losses"):
        export(request, make_subject(request.model))
    assert list(tmp_path.iterdir()) == []


def test_it_is_offered():
    assert exports()["script"].trains
