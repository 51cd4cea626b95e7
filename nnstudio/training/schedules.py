"""How the learning rate goes over a run. Adding a schedule is adding a declaration here.

Each `factor` is carried into an exported script as it stands: it uses `math`, its arguments, and nothing else.
"""

from __future__ import annotations

import math

from nnstudio.params import Float, FloatParam, Int, ParamSet
from nnstudio.training.spec import Progress, ScheduleType, Settings


def _final() -> FloatParam:
    return Float("final_factor", 0.0, "Share of the learning rate that is left at the end.", low=0.0, high=1.0)


def constant(progress: Progress, values: Settings) -> float:
    """As it is."""
    return 1.0


def step(progress: Progress, values: Settings) -> float:
    """Falls every `step_size` epochs."""
    return float(values["gamma"] ** (progress.epoch // values["step_size"]))


def linear(progress: Progress, values: Settings) -> float:
    """A straight line to `final_factor`."""
    done = progress.step / progress.steps
    return float(1.0 + (values["final_factor"] - 1.0) * min(done, 1.0))


def cosine(progress: Progress, values: Settings) -> float:
    """Half a cosine to `final_factor`."""
    done = min(progress.step / progress.steps, 1.0)
    return float(values["final_factor"] + (1.0 - values["final_factor"]) * (1.0 + math.cos(math.pi * done)) / 2.0)


def warmup_cosine(progress: Progress, values: Settings) -> float:
    """A straight line up, then half a cosine."""
    warmup = max(1, round(values["warmup"] * progress.steps))
    if progress.step < warmup:
        return float((progress.step + 1) / warmup)
    done = min((progress.step - warmup) / max(1, progress.steps - warmup), 1.0)
    return float(values["final_factor"] + (1.0 - values["final_factor"]) * (1.0 + math.cos(math.pi * done)) / 2.0)


def one_cycle(progress: Progress, values: Settings) -> float:
    """Half a cosine up, and a longer one down."""
    first, last = 1.0 / values["div_factor"], 1.0 / values["div_factor"] / values["final_div_factor"]
    rise = max(values["pct_start"] * progress.steps - 1.0, 1e-9)
    if progress.step <= rise:
        begin, end, done = first, 1.0, progress.step / rise
    else:
        begin, end, done = 1.0, last, min((progress.step - rise) / max(progress.steps - 1 - rise, 1e-9), 1.0)
    return float(end + (begin - end) / 2.0 * (1.0 + math.cos(math.pi * done)))


CONSTANT = ScheduleType("constant", "Constant", "The learning rate stays as it is.", constant)
STEP = ScheduleType(
    "step",
    "Step",
    "The learning rate falls by a factor every few epochs.",
    step,
    ParamSet(
        (
            Int("step_size", 5, "Epochs between two falls.", low=1, high=1_000_000),
            Float("gamma", 0.5, "The factor of each fall.", low=0.0, high=1.0),
        )
    ),
)
COSINE = ScheduleType(
    "cosine",
    "Cosine",
    "The learning rate falls along half a cosine: slowly, fast, slowly.",
    cosine,
    ParamSet((_final(),)),
    paper="Loshchilov, Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2016",
)
WARMUP_COSINE = ScheduleType(
    "warmup_cosine",
    "Warm-up, then cosine",
    "The learning rate rises from almost nothing, then falls along half a cosine: the usual one for Transformers.",
    warmup_cosine,
    ParamSet((Float("warmup", 0.1, "Share of the run in which the learning rate rises.", low=0.0, high=1.0), _final())),
    paper="Goyal et al., Accurate, Large Minibatch SGD, 2017",
)
ONE_CYCLE = ScheduleType(
    "one_cycle",
    "One cycle",
    "The learning rate rises to the plan's and falls far below where it began.",
    one_cycle,
    ParamSet(
        (
            Float("pct_start", 0.3, "Share of the run in which the learning rate rises.", low=0.0, high=1.0),
            Float("div_factor", 25.0, "How much lower it begins.", low=1.0, high=1e6),
            Float("final_div_factor", 1e4, "How much lower than at the beginning it ends.", low=1.0, high=1e9),
        )
    ),
    paper="Smith, Topin, Super-Convergence, 2017",
)
LINEAR = ScheduleType("linear", "Linear", "The learning rate falls evenly.", linear, ParamSet((_final(),)))
PLATEAU = ScheduleType(
    "plateau",
    "On a plateau",
    "The learning rate falls where the test loss has not for some epochs.",
    None,
    ParamSet(
        (
            Float("factor", 0.1, "The factor of each fall.", low=0.0, high=1.0, open_high=True),
            Int("patience", 10, "Epochs without improvement before a fall.", low=0, high=1_000_000),
            Float("threshold", 1e-4, "What counts as an improvement, as a share of the loss.", low=0.0, high=1.0),
            Int("cooldown", 0, "Epochs after a fall that do not count.", low=0, high=1_000_000),
            Float("min_lr", 0.0, "The learning rate never falls below.", low=0.0, high=1000.0),
        )
    ),
)
