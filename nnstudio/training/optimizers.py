"""The optimizers of torch that are offered. Adding one is adding a declaration here."""

from __future__ import annotations

from nnstudio.params import Bool, Choice, Float, Floats, FloatsParam, Int, Param, ParamSet
from nnstudio.training.spec import OptimizerType, Settings


def _betas(first: float = 0.9, second: float = 0.999) -> FloatsParam:
    return Floats(
        "betas",
        (first, second),
        "How much of the running means of the gradient and of its square is kept.",
        low=0.0,
        high=1.0,
        open_high=True,
    )


def _eps(default: float) -> Param:
    return Float("eps", default, "Added to the denominator, so that it is never zero.", low=0.0, high=1.0)


def _momentum(default: float = 0.0) -> Param:
    help = "How much of the last change is kept."
    return Float("momentum", default, help, low=0.0, high=1.0, open_high=True)


def _moments(own: Settings) -> float:
    return 2 + bool(own["amsgrad"])


_AMSGRAD = Bool("amsgrad", False, "Divide by the largest mean square so far, not by the present one.")
_NESTEROV = "Look ahead: take the gradient where the momentum is about to lead."
FOREACH = {"foreach": True}
"""The same bits as the plain loop over the weights, and a fifth quicker where there are many; but not with NAdam and
RAdam.
"""

SGD = OptimizerType(
    "SGD",
    "Stochastic gradient descent: a step against the gradient, with momentum if you like.",
    params=ParamSet(
        (
            _momentum(),
            Float("dampening", 0.0, "How much less of the new gradient goes into the momentum.", low=0.0, high=1.0),
            Bool("nesterov", False, _NESTEROV),
        )
    ),
    options=FOREACH,
    kept=lambda own: bool(own["momentum"]),
    formula="w ← w − lr · v,  v ← momentum · v + (1 − dampening) · ∂L/∂w",
    paper="Sutskever et al., On the Importance of Initialization and Momentum in Deep Learning, 2013",
)
ADAM = OptimizerType(
    "Adam",
    "A step of its own size for each weight, from running means of the gradient and of its square.",
    params=ParamSet((_betas(), _eps(1e-8), _AMSGRAD)),
    options=FOREACH,
    fused=True,
    kept=_moments,
    formula="w ← w − lr · m / (√v + eps)",
    paper="Kingma, Ba, Adam: A Method for Stochastic Optimization, 2014",
)
ADAMW = OptimizerType(
    "AdamW",
    "Adam with weight decay that is not mixed up with the gradient: the usual one for Transformers.",
    weight_decay=0.01,
    params=ParamSet((_betas(), _eps(1e-8), _AMSGRAD)),
    options=FOREACH,
    fused=True,
    kept=_moments,
    formula="w ← (1 − lr · weight_decay) · w − lr · m / (√v + eps)",
    paper="Loshchilov, Hutter, Decoupled Weight Decay Regularization, 2017",
)
RMSPROP = OptimizerType(
    "RMSprop",
    "Divides each gradient by the root of a running mean of its square.",
    lr=0.01,
    params=ParamSet(
        (
            Float("alpha", 0.99, "How much of the mean square is kept.", low=0.0, high=1.0),
            _eps(1e-8),
            _momentum(),
            Bool("centered", False, "Divide by the deviation of the gradient, not by its root mean square."),
        )
    ),
    options=FOREACH,
    kept=lambda own: 1 + bool(own["momentum"]) + bool(own["centered"]),
    formula="w ← w − lr · g / (√v + eps),  v ← alpha · v + (1 − alpha) · g²",
    paper="Hinton, Neural Networks for Machine Learning, lecture 6e, 2012",
)
ADAGRAD = OptimizerType(
    "Adagrad",
    "Smaller steps for weights that have moved much: good where some inputs are rare.",
    lr=0.01,
    params=ParamSet(
        (
            Float("lr_decay", 0.0, "How fast the learning rate falls with each step.", low=0.0, high=1.0),
            Float("initial_accumulator_value", 0.0, "Where the sum of squares begins.", low=0.0, high=1000.0),
            _eps(1e-10),
        )
    ),
    options=FOREACH,
    kept=lambda own: 1,
    formula="w ← w − lr · g / (√Σg² + eps)",
    paper="Duchi, Hazan, Singer, Adaptive Subgradient Methods, 2011",
)
ADADELTA = OptimizerType(
    "Adadelta",
    "Steps as large as the weights have moved lately; needs no learning rate of its own.",
    lr=1.0,
    params=ParamSet((Float("rho", 0.9, "How much of the means is kept.", low=0.0, high=1.0), _eps(1e-6))),
    options=FOREACH,
    kept=lambda own: 2,
    formula="w ← w − lr · g · √(u + eps) / √(v + eps)",
    paper="Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012",
)
NADAM = OptimizerType(
    "NAdam",
    "Adam with Nesterov's momentum.",
    lr=0.002,
    params=ParamSet(
        (
            _betas(),
            _eps(1e-8),
            Float("momentum_decay", 0.004, "How the momentum grows over the steps.", low=0.0, high=1.0),
        )
    ),
    kept=lambda own: 2,
    paper="Dozat, Incorporating Nesterov Momentum into Adam, 2016",
)
RADAM = OptimizerType(
    "RAdam",
    "Adam that trusts its own step sizes only once it has seen enough: a warm-up built in.",
    params=ParamSet((_betas(), _eps(1e-8))),
    kept=lambda own: 2,
    paper="Liu et al., On the Variance of the Adaptive Learning Rate and Beyond, 2019",
)
LBFGS = OptimizerType(
    "LBFGS",
    "Finds its way by the curvature, with several looks at the loss in one step: for few samples and small networks.",
    lr=1.0,
    weight_decay=None,
    params=ParamSet(
        (
            Int("max_iter", 20, "How often the loss is computed in one step, about.", low=1, high=1000),
            Int("history_size", 100, "How many steps back the curvature is taken from.", low=1, high=1000),
            Float("tolerance_grad", 1e-7, "A step ends where no gradient is larger.", low=0.0, high=1.0),
            Float("tolerance_change", 1e-9, "A step ends where nothing changes more.", low=0.0, high=1.0),
            Choice(
                "line_search_fn", "none", ("none", "strong_wolfe"), "How far to go in the direction that was found."
            ),
        )
    ),
    kept=lambda own: 2 * own["history_size"] + 4,
    closure=True,
    paper="Liu, Nocedal, On the Limited Memory BFGS Method for Large Scale Optimization, 1989",
)
MUON = OptimizerType(
    "Muon",
    "Makes each change of a hidden layer's matrix orthogonal, so that all directions learn alike. AdamW takes the "
    "others, with its usual settings: biases, embeddings, and the last layer.",
    weight_decay=0.1,
    params=ParamSet(
        (
            _momentum(0.95),
            Bool("nesterov", True, _NESTEROV),
            Int("ns_steps", 5, "Newton–Schulz steps towards an orthogonal matrix.", low=1, high=99),
            _eps(1e-7),
        )
    ),
    kept=lambda own: 1,
    matrices_only=True,
    rest="AdamW",
    paper="Jordan et al., Muon: An Optimizer for Hidden Layers in Neural Networks, 2024",
)
