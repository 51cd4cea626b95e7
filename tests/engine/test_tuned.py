"""Frozen nodes and rates of their own, from the drawing to the weights: as a loop written by hand with groups."""

import torch

from nnstudio.compiler.compile import compile_document
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training.trainer import Trainer
from nnstudio.graph.document import Document
from nnstudio.project.carrying import model_message, plan_message


def drawing() -> Document:
    """Two Linears in a block that is repeated, and a head."""
    document = Document()
    document.add("Dataset", "data", dataset="moons")
    for name, kind, params in (
        ("first", "Linear", {"out_features": 2}),
        ("second", "Linear", {"out_features": 2}),
        ("head", "Linear", {"out_features": 2}),
        ("loss", "CrossEntropyLoss", {}),
    ):
        document.add(kind, name, **params)
    for before, behind in (("data", "first"), ("first", "second"), ("second", "head"), ("head", "loss")):
        document.connect(before, behind)
    document.connect("data.label", "loss.target")
    block = document.make_block(["first", "second"])
    document.rename(block, "block")
    document.set("block", repeat=2)
    return document


def test_weights_of_frozen_nodes_do_not_move_by_a_bit_and_others_go_at_their_own_rate() -> None:
    document = drawing()
    document.set_plan(optimizer="SGD", lr=0.1, batch_size=64)
    inner = document.sheet(document.node("block").block)
    inner.tune(["first"], frozen=True)
    inner.tune(["second"], lr=0.5)
    model, plan = model_message(document, compile_document(document), None), plan_message(document)
    subject, by_hand = make_subject(model, seed=plan.seed), make_subject(model, seed=plan.seed).model
    before = {name: tensor.clone() for name, tensor in subject.model.state_dict().items()}
    trainer = Trainer(subject.model, model, plan, subject.data)
    named = dict(by_hand.named_parameters())
    groups = [
        {"params": [named[f"block.{n}.second.{part}"] for n in (0, 1) for part in ("weight", "bias")], "lr": 0.5},
        {"params": [named["head.weight"], named["head.bias"]]},
    ]
    optimizer = torch.optim.SGD(groups, lr=0.1)
    point, label = (subject.data.train[name] for name in ("point", "label"))
    rows = torch.randperm(len(point), generator=torch.Generator().manual_seed(plan.seed)).split(64)
    for row in rows[:3]:
        trainer.step()
        loss = by_hand.compute_loss(by_hand(point[row]), label[row])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    after, wanted = subject.model.state_dict(), by_hand.state_dict()
    still = {name for name in after if torch.equal(after[name], before[name])}
    assert still == {f"block.{n}.first.{part}" for n in (0, 1) for part in ("weight", "bias")}
    assert all(torch.equal(after[name], wanted[name]) for name in after)
