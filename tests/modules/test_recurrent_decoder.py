import math

import pytest
import torch

from nnstudio.modules.recurrent_decoder import RecurrentDecoder

CELLS = pytest.mark.parametrize("cell", ["RNN", "LSTM", "GRU"])


def decoder(cell: str = "LSTM", teacher_forcing: float = 1.0) -> RecurrentDecoder:
    torch.manual_seed(0)
    return RecurrentDecoder(6, 2, 9, 4, cell, teacher_forcing)


def given(samples: int = 3, steps: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randint(9, (samples, steps)), torch.randn(samples, 2, 6)


@CELLS
def test_all_at_once_is_step_by_step(cell):
    """The one way is taken at 1.0, the other by the least number below it, which leaves nothing to chance."""
    target, state = given()
    one, other = decoder(cell), decoder(cell, math.nextafter(1.0, 0.0))
    torch.testing.assert_close(other(target, state), one(target, state), atol=1e-6, rtol=0)


@CELLS
def test_each_step_reads_the_token_before_it(cell):
    model, (target, state) = decoder(cell), given()
    h = state.transpose(0, 1)
    states = (h, torch.zeros_like(h)) if cell == "LSTM" else h
    for step, scores in enumerate(model(target, state).unbind(1)):
        token = torch.full((3,), 1) if step == 0 else target[:, step - 1]
        y, states = model.rnn(model.embedding(token).unsqueeze(1), states)
        torch.testing.assert_close(scores, model.output(y.squeeze(1)))


@CELLS
def test_left_to_itself_it_follows_its_own_guesses(cell):
    """So the truth plays no part, and in evaluation its own guesses as the target give the same."""
    model, (target, state) = decoder(cell, teacher_forcing=0.0), given(steps=6)
    free = model(target, state)
    torch.testing.assert_close(model((target + 1) % 9, state), free)
    torch.testing.assert_close(model.eval()(free.argmax(-1), state), free)
    assert not torch.allclose(model(target, state), free)


@CELLS
def test_the_teacher_steps_in_as_often_as_told(cell):
    model, target = decoder(cell, teacher_forcing=0.3), torch.full((100, 51), 5)
    with torch.no_grad():
        model.output.bias[3] = 100.0  # its guess, always
    read = []
    model.embedding.register_forward_pre_hook(lambda _, tokens: read.append(tokens[0]))
    model(target, torch.zeros(100, 2, 6))
    tokens = torch.cat(read, dim=1)
    assert (tokens[:, 0] == 1).all()
    assert set(tokens[:, 1:].unique().tolist()) == {3, 5}
    assert abs((tokens[:, 1:] == 5).float().mean().item() - 0.3) < 0.03


def test_the_state_of_the_cell_is_read():
    model, (target, state) = decoder(), given()
    zero = torch.zeros(3, 2, 6)
    torch.testing.assert_close(model(target, state, zero), model(target, state))
    assert not torch.allclose(model(target, state, zero + 1), model(target, state))


def test_a_cell_state_without_an_lstm_is_refused():
    target, state = given()
    with pytest.raises(ValueError, match="Only an LSTM has a cell state"):
        decoder("GRU")(target, state, state)


def test_an_unknown_cell_is_refused():
    with pytest.raises(ValueError, match='cell is "gru": choose RNN, LSTM or GRU'):
        decoder("gru")


def test_start_stands_before_the_first():
    torch.manual_seed(0)
    model = RecurrentDecoder(6, 1, 9, 4, start=7)
    read = []
    model.embedding.register_forward_pre_hook(lambda _, tokens: read.append(tokens[0]))
    model(torch.tensor([[2, 3, 4]]), torch.zeros(1, 1, 6))
    assert read[0].tolist() == [[7, 2, 3]]
