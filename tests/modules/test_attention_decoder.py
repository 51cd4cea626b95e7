import math

import pytest
import torch
from torch import nn

from nnstudio.modules.attention_decoder import AttentionDecoder

KINDS = ["bahdanau", "dot", "general", "concat"]
kinds = pytest.mark.parametrize("attention", KINDS)


def decoder(attention: str, teacher_forcing: float = 1.0) -> AttentionDecoder:
    torch.manual_seed(0)
    return AttentionDecoder(6, 9, 4, 6, attention, teacher_forcing)


def given(samples: int = 3, steps: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randint(9, (samples, steps)), torch.randn(samples, 4, 6)


def embedded(model: AttentionDecoder, target: torch.Tensor) -> torch.Tensor:
    """The tokens before those of the target."""
    return model.embedding(torch.cat([torch.full_like(target[:, :1], 1), target[:, :-1]], dim=1))


@pytest.mark.parametrize("attention", KINDS[1:])
def test_luong_attends_with_all_the_states_of_a_gru(attention):
    """With nothing fed back the whole sequence could run at once, and gives the same."""
    model, (target, memory) = decoder(attention), given()
    gru = nn.GRU(4, 6, batch_first=True)
    gru.load_state_dict({f"{name}_l0": weight for name, weight in model.cell.state_dict().items()})
    states, _ = gru(embedded(model, target), torch.tanh(model.first(memory.mean(1))).unsqueeze(0))
    context, weights = model.attention(states, memory)
    expected = model.output(torch.tanh(model.join(torch.cat([context, states], dim=-1))))
    for mine, theirs in zip(model(target, memory), (expected, weights), strict=True):
        torch.testing.assert_close(mine, theirs)


def test_bahdanau_attends_with_the_state_before_and_feeds_the_cell():
    model, (target, memory) = decoder("bahdanau"), given()
    scores, weights = model(target, memory)
    state = torch.tanh(model.first(memory.mean(1)))
    for step, token in enumerate(embedded(model, target).unbind(1)):
        context, seen = model.attention(state.unsqueeze(1), memory)
        state = model.cell(torch.cat([token, context[:, 0]], dim=1), state)
        joined = torch.tanh(model.join(torch.cat([context[:, 0], state], dim=1)))
        torch.testing.assert_close(weights[:, step], seen[:, 0])
        torch.testing.assert_close(scores[:, step], model.output(joined))


@kinds
def test_weights_add_up_and_what_is_hidden_counts_as_absent(attention):
    model, (target, memory) = decoder(attention), given()
    hidden = torch.arange(4).expand(3, 4) > 1
    scores, weights = model(target, memory, hidden)
    torch.testing.assert_close(weights.sum(-1), torch.ones(3, 5))
    assert not weights[:, :, 2:].any()
    alone, _ = model(target, memory[:, :2])
    torch.testing.assert_close(scores, alone)


@kinds
def test_where_all_is_hidden_nothing_breaks(attention):
    model, (target, memory) = decoder(attention), given()
    scores, _ = model(target, memory, torch.ones(3, 4, dtype=torch.bool))
    scores.sum().backward()
    assert torch.isfinite(scores).all()
    assert all(torch.isfinite(weight.grad).all() for weight in model.parameters() if weight.grad is not None)


@kinds
def test_forced_at_every_step_it_is_the_same_by_either_way(attention):
    target, memory = given()
    one, other = decoder(attention), decoder(attention, math.nextafter(1.0, 0.0))
    for mine, theirs in zip(one(target, memory), other(target, memory), strict=True):
        torch.testing.assert_close(theirs, mine, atol=1e-6, rtol=0)


@kinds
def test_left_to_itself_it_follows_its_own_guesses(attention):
    """So the truth plays no part, and in evaluation its own guesses as the target give the same."""
    model, (target, memory) = decoder(attention, teacher_forcing=0.0), given(steps=6)
    free, _ = model(target, memory)
    torch.testing.assert_close(model((target + 1) % 9, memory)[0], free)
    torch.testing.assert_close(model.eval()(free.argmax(-1), memory)[0], free)
    assert not torch.allclose(model(target, memory)[0], free)


def test_the_teacher_steps_in_as_often_as_told():
    model, target = decoder("general", teacher_forcing=0.3), torch.full((100, 51), 5)
    with torch.no_grad():
        model.output.bias[3] = 100.0  # its guess, always
    read = []
    model.embedding.register_forward_pre_hook(lambda _, tokens: read.append(tokens[0]))
    model(target, torch.zeros(100, 4, 6))
    tokens = torch.stack(read, dim=1)
    assert (tokens[:, 0] == 1).all()
    assert set(tokens[:, 1:].unique().tolist()) == {3, 5}
    assert abs((tokens[:, 1:] == 5).float().mean().item() - 0.3) < 0.03


@kinds
def test_no_step_sees_its_own_token_or_a_later_one(attention):
    model, (target, memory) = decoder(attention), given()
    changed = target.clone()
    changed[:, 2:] = (changed[:, 2:] + 1) % 9
    before, after = model(target, memory)[0], model(changed, memory)[0]
    assert torch.equal(before[:, :3], after[:, :3])
    assert not torch.allclose(before[:, 3:], after[:, 3:])


def test_an_unknown_attention_is_refused():
    with pytest.raises(ValueError, match='attention is "additive": choose bahdanau, dot'):
        decoder("additive")


def test_learns_to_turn_a_sequence_round():
    """The memory holds the tokens, and the decoder is to write them backwards."""
    torch.manual_seed(0)
    model, embedding = AttentionDecoder(16, 9, 8, 32, "bahdanau"), nn.Embedding(9, 12)
    places = torch.eye(4).repeat(64, 1, 1)
    source = torch.randint(2, 9, (64, 4))
    optimizer = torch.optim.Adam([*model.parameters(), *embedding.parameters()], lr=0.02)
    for _ in range(60):
        scores, _ = model(source.flip(1), torch.cat([embedding(source), places], dim=-1))
        loss = nn.functional.cross_entropy(scores.flatten(0, 1), source.flip(1).flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.2
