"""The lines of a training script that depend on the plan: what makes the optimizer, and what one step does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from nnstudio.export.spec import TrainedWeight, Training
from nnstudio.protocol.messages import Model, Plan
from nnstudio.training.registry import initialization, optimizer, schedule
from nnstudio.training.spec import OptimizerType, ScheduleType, Settings

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


def begin(training: Training) -> Iterator[str]:
    """Lines that give weights their first values and make `optimizer`, or `optimizers` where there are two."""
    plan, weights = training.plan, training.weights
    if any(weight.scheme or weight.frozen or weight.lr is not None for weight in weights) or _two(plan):
        yield "weights = dict(model.named_parameters())"
    yield from _initialize(weights)
    if training.channels_last:
        yield "for layer in model.modules():  # convolutions are quicker so, and round otherwise"
        yield "    if type(layer) in (nn.Conv2d, nn.ConvTranspose2d):"
        yield "        layer.to(memory_format=torch.channels_last)"
    frozen = [weight.name for weight in weights if weight.frozen]
    if frozen:
        yield f"for name in {frozen!r}:"
        yield "    weights[name].requires_grad_(False)"
    yield from _make_optimizers(plan, [weight for weight in weights if not weight.frozen])
    course = schedule(plan.schedule)
    if course.factor is None:
        yield f"plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer{_arguments(_own(course, plan))})"
    elif course.name != "constant":
        both = "[*optimizer.param_groups, *rest.param_groups]" if _two(plan) else "optimizer.param_groups"
        yield f"groups = {both}"
        yield 'rates = [group["lr"] for group in groups]'


def one_step(spec: Model, training: Training) -> Iterator[str]:
    """Lines of one step; they leave its loss in `loss`."""
    plan = training.plan
    yield from _set_rate(plan, training)
    if training.train:
        yield "batch = {name: field[rows] for name, field in fields.items()}"
    if optimizer(plan.optimizer).closure:
        yield "looks: list[torch.Tensor] = []"
        yield ""
        yield "def closure() -> torch.Tensor:"
        yield from (f"    {line}" for line in _gradients(spec, plan))
        yield "    looks.append(loss)"
        yield "    return loss"
        yield ""
        yield "optimizer.step(closure)"
        yield "loss = looks[0]"
        return
    yield from _gradients(spec, plan)
    yield "optimizer.step()"
    if _two(plan):
        yield "rest.step()"


def after_epoch(training: Training) -> Iterator[str]:
    """Lines at the end of an epoch."""
    if not training.test:
        yield 'print(f"epoch {epoch + 1}: loss {losses[-1]:.4f}")'
        return
    yield "test_loss = test(model, held_out)"
    yield 'print(f"epoch {epoch + 1}: test loss {test_loss:.4f}")'
    if schedule(training.plan.schedule).factor is None:
        yield "plateau.step(test_loss)"
    yield from _stop_early(training.plan)


def _initialize(weights: Sequence[TrainedWeight]) -> Iterator[str]:
    """In the model's order, as chance goes on from one to the next."""
    for scheme, group in groupby((weight for weight in weights if weight.scheme), lambda weight: weight.scheme):
        declared = initialization(scheme)
        yield f"for name in {[weight.name for weight in group]!r}:"
        yield f"    nn.init.{declared.function}(weights[name]{_arguments(declared.arguments)})"
    if any(weight.scheme for weight in weights):
        yield "for layer in model.modules():  # what stands for nothing stays zero"
        yield "    if isinstance(layer, nn.Embedding) and layer.padding_idx is not None:"
        yield "        layer.weight.data[layer.padding_idx].zero_()"


def _make_optimizers(plan: Plan, trained: Sequence[TrainedWeight]) -> Iterator[str]:
    declared = optimizer(plan.optimizer)
    if not _two(plan):
        yield f"optimizer = {_made(declared, _own(declared, plan), trained, whole=True)}"
        return
    rest = optimizer(declared.rest)
    matrices = [weight for weight in trained if weight.hidden]
    others = [weight for weight in trained if not weight.hidden]
    yield f"optimizer = {_made(declared, _own(declared, plan), matrices)}"
    yield f"rest = {_made(rest, {}, others)}"


def _made(kind: OptimizerType, own: Settings, weights: Sequence[TrainedWeight], *, whole: bool = False) -> str:
    if whole and all(weight.lr is None for weight in weights):
        groups = "model.parameters()"
    else:
        rates = dict.fromkeys(weight.lr for weight in sorted(weights, key=lambda weight: weight.lr is not None))
        groups = f"[{', '.join(_group(lr, [w.name for w in weights if w.lr == lr]) for lr in rates)}]"
    form = {"fused": True} if kind.fused and all(weight.fusable for weight in weights) else {}
    return f"torch.optim.{kind.name}({groups}, lr=LR{_arguments({**own, **form})})"


def _group(lr: float | None, names: list[str]) -> str:
    own = "" if lr is None else f', "lr": {lr!r}'
    return f'{{"params": [weights[name] for name in {names!r}]{own}}}'


def _gradients(spec: Model, plan: Plan) -> Iterator[str]:
    """Lines from the batch to the gradients."""
    inside = ""
    if plan.precision != "float32":
        yield f'with torch.autocast("cpu", torch.{plan.precision}):'
        inside = "    "
    yield f"{inside}outputs = {call(spec)}"
    yield f"{inside}loss = {loss(spec)}"
    yield "model.zero_grad()"
    yield "loss.backward()"
    if plan.clip_norm is not None:
        yield f"nn.utils.clip_grad_norm_(model.parameters(), {plan.clip_norm!r})"
    if plan.clip_value is not None:
        yield f"nn.utils.clip_grad_value_(model.parameters(), {plan.clip_value!r})"


def _set_rate(plan: Plan, training: Training) -> Iterator[str]:
    course = schedule(plan.schedule)
    if course.factor is None or course.name == "constant":
        return
    per_epoch = -(-_samples(training) // plan.batch_size)
    yield f"progress = Progress(len(losses), {per_epoch} * EPOCHS, epoch)"
    yield f"factor = {course.factor.__name__}(progress, {dict(_own(course, plan, all_of_them=True))!r})"
    yield "for group, lr in zip(groups, rates):"
    yield '    group["lr"] = lr * factor'


def _stop_early(plan: Plan) -> Iterator[str]:
    if not plan.early_stopping:
        return
    if plan.monitor != "test_loss":
        yield f"# In NNStudio it would also stop once {plan.monitor} does not improve for {plan.early_stopping} epochs."
        return
    yield f"if test_loss < best - {plan.min_delta!r}:"
    yield "    best, waited = test_loss, 0"
    yield "else:"
    yield "    waited += 1"
    yield f"if waited >= {plan.early_stopping}:"
    yield "    break"


def _two(plan: Plan) -> bool:
    return optimizer(plan.optimizer).matrices_only


def _own(declared: OptimizerType | ScheduleType, plan: Plan, *, all_of_them: bool = False) -> Settings:
    """Own settings, without those that are torch's defaults unless all are wanted."""
    given = plan.optimizer_params if isinstance(declared, OptimizerType) else plan.schedule_params
    usual: dict[str, object] = {**declared.params.defaults()}
    values: dict[str, object] = {**declared.params.check(given)}
    if isinstance(declared, OptimizerType) and declared.weight_decay is not None:
        usual["weight_decay"], values["weight_decay"] = declared.weight_decay, plan.weight_decay
    return {name: value for name, value in values.items() if all_of_them or value != usual[name]}


def _arguments(settings: Settings) -> str:
    return "".join(f", {name}={value!r}" for name, value in settings.items())


def _samples(training: Training) -> int:
    return len(next(iter(training.train.values()), (None,)))


def _fields(names: tuple[str, ...]) -> list[str]:
    return [f'batch["{name}"]' for name in names]
