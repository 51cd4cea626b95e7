"""What training makes small."""

from __future__ import annotations

from nnstudio.catalogue import shapes
from nnstudio.catalogue.spec import Family, LayerType, Module, Port, Site
from nnstudio.params import Float, ParamSet

family = Family("loss", "Loss", 90)


def _task_of_bce(site: Site) -> str:
    return "logit" if site.one("target").classes == 2 else "values"


def _task_of_mse(site: Site) -> str:
    return "probability" if site.one("target").classes == 2 else "values"


CrossEntropyLoss = LayerType(
    "CrossEntropyLoss",
    "How surprised the network is by the right class.",
    inputs=(
        Port("prediction", "N K ...", wants="scores N×classes"),
        Port("target", "N ...", target=True, dtype="int64", wants="class numbers"),
    ),
    outputs=(Port("loss"),),
    params=ParamSet((Float("label_smoothing", 0.0, "Share of belief given to all classes alike.", low=0.0, high=1.0),)),
    shape=shapes.cross_entropy,
    code=Module("nn.CrossEntropyLoss"),
    task=lambda site: "classes",
    help="The loss for choosing one class of several. Connect bare scores, one for each class: softmax is built in.",
    formula="L = -log softmax(x)[class], mean over the batch",
    aliases=("softmax loss", "classification", "log loss"),
    stem="loss",
)

BCEWithLogitsLoss = LayerType(
    "BCEWithLogitsLoss",
    "Cross-entropy for yes or no, on a bare score.",
    inputs=(Port("prediction", "N ..."), Port("target", "N ...", target=True, dtype="any")),
    outputs=(Port("loss"),),
    shape=shapes.elementwise_loss,
    code=Module("nn.BCEWithLogitsLoss", adapt=shapes.as_prediction),
    task=_task_of_bce,
    help="The loss for two classes with a single output, or for several yes-or-no questions at once. The sigmoid is "
    "built in, which is safer than a Sigmoid layer before it.",
    formula="L = -[t·log σ(x) + (1 - t)·log(1 - σ(x))], mean over the batch",
    aliases=("binary cross entropy", "bce", "logistic loss"),
    stem="loss",
)

MSELoss = LayerType(
    "MSELoss",
    "The mean squared difference from the target.",
    inputs=(Port("prediction", "N ..."), Port("target", "N ...", target=True, dtype="any")),
    outputs=(Port("loss"),),
    shape=shapes.elementwise_loss,
    code=Module("nn.MSELoss", adapt=shapes.as_prediction),
    task=_task_of_mse,
    help="The loss for numbers: large misses count much more than small ones. With two classes the target is 0 or 1.",
    formula="L = mean (x - t)²",
    aliases=("squared error", "l2", "regression"),
    stem="loss",
)
