"""A state is held as it was, in memory that is used again."""

import torch

from nnstudio.engine.records.draft import Draft
from nnstudio.engine.training.state import pack, unpack


def tree(weight, **more):
    return {"model": {"weight": weight, "tied": weight}, "state": {0: {"step": 3, "dirs": [weight, None]}}, **more}


def test_what_is_held_stays_while_the_run_goes_on():
    weight = torch.nn.Parameter(torch.arange(3.0))
    live = tree(weight, betas=(0.9, 0.99))
    draft, then = Draft(), pack(live)
    draft.hold(live)
    with torch.no_grad():
        weight.mul_(2)
    live["state"][0].update(step=4)
    live["state"][0]["dirs"].pop()
    held = draft.hand_over()
    assert held.facts == then.facts
    assert held.tensors.keys() == then.tensors.keys()
    assert all(torch.equal(held.tensors[name], tensor) for name, tensor in then.tensors.items())
    assert not any(tensor.requires_grad for tensor in held.tensors.values())
    assert unpack(held)["betas"] == (0.9, 0.99)


def test_the_last_one_counts_and_is_the_callers_alone():
    weight, draft = torch.zeros(3), Draft()
    for value in (1, 2):
        draft.hold(tree(weight.fill_(value)))
    held = draft.hand_over()
    draft.hold(tree(weight.fill_(3)))
    assert held.tensors["model.weight"].tolist() == [2, 2, 2]
    assert draft.hand_over().tensors["model.weight"].tolist() == [3, 3, 3]


def test_tensors_of_another_kind_get_other_copies():
    """Also one that has changed its own shape, which torch would copy to as many places as there were."""
    weight, draft = torch.ones(3), Draft()
    draft.hold({"weight": weight})
    draft.hold({"weight": weight.resize_(1)})
    assert draft.hand_over().tensors["weight"].shape == (1,)
    for other in (torch.ones(1, dtype=torch.float64) / 3, torch.ones(3, 2).T, torch.tensor(7)):
        draft.hold({"weight": other})
        held = draft._copies.copies[0]
        assert (held.dtype, held.shape) == (other.dtype, other.shape)
        assert torch.equal(held, other)
        assert held.is_contiguous()
