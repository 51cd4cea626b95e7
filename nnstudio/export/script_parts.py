"""The lines of a training script that depend on the plan: what makes the optimizer, and what one step does."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.export.spec import Training
from nnstudio.protocol.messages import Model, Plan
from nnstudio.training.registry import optimizer, schedule
from nnstudio.training.spec import OptimizerType

_TEST = '''\
@torch.no_grad()
def test(model: nn.Module, fields: dict[str, torch.Tensor]) -> float:
    """The loss on samples that were not learned."""
    model.eval()
    total, count = 0.0, 0
    for part in zip(*(field.split(256) for field in fields.values())):
        batch = dict(zip(fields, part))
        outputs = {forward}
        total += {loss}.item() * len(part[0])
        count += len(part[0])
    return total / count
'''


def call(spec: Model) -> str:
    """Forward with a batch."""
    return f"model({', '.join(_fields(spec.inputs))})"


def loss(spec: Model) -> str:
    """The loss of the outputs."""
    outputs = "outputs" if len(spec.outputs) <= 1 else "*outputs"
    return f"model.compute_loss({', '.join([outputs, *_fields(spec.targets)])})"


def test_function(spec: Model) -> str:
    """The text of `test`."""
    return _TEST.format(forward=call(spec), loss=loss(spec))


def make_optimizer(plan: Plan) -> Iterator[str]:
    """Lines that make `optimizer`."""
    declared = optimizer(plan.optimizer)
    own = "".join(f", {name}={value!r}" for name, value in _settings(declared, plan).items())
    yield f"optimizer = torch.optim.{declared.name}(model.parameters(), lr=LR{own})"


def _settings(declared: OptimizerType, plan: Plan) -> dict[str, object]:
    """Those that are not torch's own defaults."""
    usual: dict[str, object] = {**declared.params.defaults()}
    values: dict[str, object] = {**declared.params.check(plan.optimizer_params)}
    if declared.weight_decay is not None:
        usual["weight_decay"], values["weight_decay"] = declared.weight_decay, plan.weight_decay
    return {name: value for name, value in values.items() if value != usual[name]}


def one_step(spec: Model, training: Training) -> Iterator[str]:
    """Lines of one step; they leave its loss in `loss`."""
    plan = training.plan
    yield from _set_rate(plan, training)
    if training.train:
        yield "batch = {name: field[rows] for name, field in fields.items()}"
    if optimizer(plan.optimizer).closure:
        yield "loss = optimizer.step(lambda: backward(model, optimizer, batch))"
        return
    yield f"outputs = {call(spec)}"
    yield f"loss = {loss(spec)}"
    yield "optimizer.zero_grad()"
    yield "loss.backward()"
    if plan.clip_norm is not None:
        yield f"nn.utils.clip_grad_norm_(model.parameters(), {plan.clip_norm!r})"
    if plan.clip_value is not None:
        yield f"nn.utils.clip_grad_value_(model.parameters(), {plan.clip_value!r})"
    yield "optimizer.step()"


def _set_rate(plan: Plan, training: Training) -> Iterator[str]:
    course = schedule(plan.schedule)
    if course.factor is None or course.name == "constant":
        return
    values = course.params.check(plan.schedule_params)
    per_epoch = -(-_samples(training) // plan.batch_size)
    yield f"progress = Progress(len(losses), {per_epoch} * EPOCHS, epoch)"
    yield "for group in optimizer.param_groups:"
    yield f'    group["lr"] = LR * {course.factor.__name__}(progress, {values!r})'


def _samples(training: Training) -> int:
    return len(next(iter(training.train.values()), (None,)))


def _fields(names: tuple[str, ...]) -> list[str]:
    return [f'batch["{name}"]' for name in names]
