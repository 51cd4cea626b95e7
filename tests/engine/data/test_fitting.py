"""What Standardize knows of the data: the training part, all of it, and nothing else."""

import msgspec
import pytest
import torch

from nnstudio.compiler.compile import compile_document
from nnstudio.engine.data import fitting
from nnstudio.engine.model import weights
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import EngineError
from nnstudio.export.check import work_of, write_and_check
from nnstudio.export.spec import exports
from nnstudio.graph.document import Document
from nnstudio.project.carrying import model_message, plan_message


def table(dataset="wine", **plan):
    """data → standardize → head → loss"""
    document = Document("table")
    document.set_plan(**plan)
    data = document.add("Dataset", "data", dataset=dataset)
    first = document.add("Standardize", "standardize")
    document.connect(f"{data.id}.x", first)
    classes = data.layer.outputs_for(data.params)[1].dtype == "int64"
    head = document.add("Linear", "head", out_features=3 if classes else 1)
    document.connect(first, head)
    loss = document.add("CrossEntropyLoss" if classes else "MSELoss", "loss")
    document.connect(head, loss)
    document.connect(f"{data.id}.y", f"{loss.id}.target")
    return document


def sent(document):
    compiled = compile_document(document)
    assert compiled.errors == ()
    return model_message(document, compiled, None)


def trainer_of(document):
    model, plan = sent(document), plan_message(document)
    subject = make_subject(model, seed=plan.seed)
    return Trainer(subject.model, model, plan, subject.data)


@pytest.mark.parametrize("dataset", ["wine", "breast_cancer", "diabetes"])
def test_the_training_part_alone_is_measured(dataset):
    run = trainer_of(table(dataset))
    standardize, x = run.model.standardize, run.data.train["x"].double()
    assert torch.allclose(standardize.mean, x.mean(0).float(), rtol=1e-6)
    assert torch.allclose(standardize.std, x.std(0, correction=0).float(), rtol=1e-6)
    inside = standardize(run.data.train["x"])
    assert inside.mean(0).abs().max() < 1e-4
    assert (inside.std(0, correction=0) - 1).abs().max() < 1e-4
    assert not torch.allclose(standardize.mean, run.data.test["x"].mean(0), rtol=1e-3)


def test_small_batches_give_the_same(monkeypatch):
    whole = trainer_of(table()).model.standardize
    monkeypatch.setattr(fitting, "BATCH_ELEMENTS", 20)
    parts = trainer_of(table()).model.standardize
    assert torch.allclose(whole.mean, parts.mean, rtol=1e-6)
    assert torch.allclose(whole.std, parts.std, rtol=1e-6)


def test_each_sees_what_the_one_before_gives_wherever_it_was_made():
    """The first in the flow is the younger node, and sits in a block besides."""
    document = table()
    first = document.add("Standardize", "before")
    sine = document.add("Sine", "sine")
    (link,) = document.links_into("standardize", "x")
    document.disconnect(link)
    document.connect("data.x", first)
    document.connect(first, sine)
    document.connect(sine, "standardize")
    document.make_block([first.id, sine.id])
    run = trainer_of(document)
    parts = dict(run.model.named_modules())
    x = run.data.train["x"]
    (inner,) = [module for name, module in parts.items() if name.endswith(".before")]
    assert torch.allclose(inner.mean, x.mean(0), rtol=1e-4)
    between = inner(x).sin().double()
    assert torch.allclose(run.model.standardize.mean.double(), between.mean(0), atol=1e-6)
    assert torch.allclose(run.model.standardize.std.double(), between.std(0, correction=0), atol=1e-6)


def test_a_target_can_be_standardized():
    document = table("diabetes")
    (link,) = document.links_into("loss", "target")
    document.disconnect(link)
    scaled = document.add("Standardize", "scaled")
    document.connect("data.y", scaled)
    document.connect(scaled, "loss.target")
    run = trainer_of(document)
    y = run.data.train["y"]
    assert run.model.scaled.mean.item() == pytest.approx(y.mean().item(), rel=1e-5)
    assert run.model.scaled.std.item() == pytest.approx(y.std(correction=0).item(), rel=1e-5)


def test_no_random_number_is_drawn_and_the_weights_are_those_of_the_seed():
    document = table(seed=3)
    model = sent(document)
    subject = make_subject(model, seed=3)
    before, state = subject.model.head.weight.clone(), torch.get_rng_state()
    fitting.fit(subject.model, model, subject.data)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(subject.model.head.weight, before)
    assert all(module.training for module in subject.model.modules())
    assert not any(module._forward_pre_hooks for module in subject.model.modules())


def test_the_numbers_are_those_of_the_loop_in_the_docstring():
    document = table(seed=2, batch_size=16)
    run = trainer_of(document)
    for _ in range(25):
        run.step()
    space = {"__name__": "by hand"}
    exec(run.spec.source, space)
    torch.manual_seed(2)
    model = space[run.spec.class_name]()
    x, y = run.data.train["x"], run.data.train["y"]
    model.standardize.fit([x])
    optimizer = torch.optim.Adam(model.parameters(), lr=document.plan.lr, fused=True)
    shuffle = torch.Generator().manual_seed(2)
    losses = []
    while len(losses) < 25:
        for rows in torch.randperm(len(x), generator=shuffle).split(16):
            loss = model.compute_loss(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    assert run.take().losses.tolist() == losses[:25]


def test_what_was_measured_is_saved_and_comes_back():
    document = table()
    run = trainer_of(document)
    model = msgspec.structs.replace(sent(document), weights=weights.save(run.model))
    subject = make_subject(model)
    assert subject.fresh == ()
    fitting.fit_to_look(subject)  # it has what it needs, and keeps it
    assert torch.equal(subject.model.standardize.mean, run.model.standardize.mean)
    assert torch.equal(subject.model.standardize.std, run.model.standardize.std)


def test_one_that_was_put_in_after_training_is_fitted_to_be_looked_at():
    document = table()
    run = trainer_of(document)
    given = weights.save(run.model)
    document.rename("standardize", "another")
    subject = make_subject(msgspec.structs.replace(sent(document), weights=given))
    assert subject.fresh == ("another",)
    fitting.fit_to_look(subject)
    assert torch.allclose(subject.model.another.mean, run.model.standardize.mean)


def test_to_be_looked_at_some_samples_are_enough(monkeypatch):
    monkeypatch.setattr(fitting, "ENOUGH_TO_LOOK", 14 * 20)  # 13 columns and the class
    subject = make_subject(sent(table()))
    fitting.fit_to_look(subject)
    assert torch.allclose(subject.model.standardize.mean, subject.data.train["x"][:20].mean(0), rtol=1e-5)


def test_random_numbers_in_the_place_of_data_are_not_measured():
    document = Document("free")
    free, layer = document.add("Input", "x", shape=(4,)), document.add("Standardize", "standardize")
    document.connect(free, layer)
    subject = make_subject(sent(document))
    fitting.fit_to_look(subject)
    assert subject.model.standardize.mean.tolist() == [0.0] * 4


def test_a_layer_that_can_not_be_fitted_ends_the_start_with_its_own_words():
    document = table()
    model = sent(document)
    source = model.source.replace("x = batch.double()", 'raise ValueError("no such thing")')
    model = msgspec.structs.replace(model, source=source)
    subject = make_subject(model)
    fitting.fit_to_look(subject)
    with pytest.raises(EngineError, match="no such thing"):
        Trainer(subject.model, model, plan_message(document), subject.data)


def pictures(**plan):
    """Digits through both, and a Linear."""
    document = Document("pictures")
    document.set_plan(**plan)
    data = document.add("Dataset", "data", dataset="digits")
    chain = [document.add(kind) for kind in ("Augment", "Standardize", "Flatten")]
    head = document.add("Linear", "head", out_features=10)
    document.connect(f"{data.id}.image", chain[0])
    for one, other in zip(chain, [*chain[1:], head], strict=True):
        document.connect(one, other)
    loss = document.add("CrossEntropyLoss", "loss")
    document.connect(head, loss)
    document.connect(f"{data.id}.label", f"{loss.id}.target")
    return document


EXPORTS = ["torch", "safetensors", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("python", "onnx"))]


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("draw", [table, pictures])
def test_exports_take_raw_numbers_and_give_the_same(draw, kind, tmp_path):
    run = trainer_of(draw())
    for _ in range(5):
        run.step()
    inputs = [run.data.test[name] for name in run.spec.inputs]
    work = work_of(run.model, run.spec, inputs)
    written = write_and_check(exports()[kind], work, tmp_path / f"net.{kind}")
    assert written.difference <= exports()[kind].tolerance


def test_pictures_are_measured_as_they_are_and_trained_as_they_come():
    """By channel, without the augmentation; and the same seed gives the same steps."""
    runs = []
    for seed in (0, 0, 1):
        run = trainer_of(pictures(seed=seed))
        for _ in range(10):
            run.step()
        runs.append(run)
    image, standardize = runs[0].data.train["image"], runs[0].model.standardize
    assert standardize.mean.item() == pytest.approx(image.mean().item(), rel=1e-5)
    losses = [run.take().losses.tolist() for run in runs]
    assert losses[0] == losses[1]
    assert losses[0] != losses[2]
