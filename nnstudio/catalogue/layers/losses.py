"""What training makes small: losses of classes and of numbers."""

from __future__ import annotations

from nnstudio.catalogue.shapes import losses
from nnstudio.catalogue.spec import Code, Family, Function, LayerType, Module, Port, Same, Site
from nnstudio.params import Bool, Float, Int, ParamSet

family = Family("loss", "Loss", 90)

LOSS_WEIGHT = Float("loss_weight", 1.0, "How much it counts where there are several losses.", argument=False)
LOSS = (Port("loss", "", help="One number."),)

_IGNORE = Int("ignore_index", -100, "Answers of this class do not count, as those for padding.", low=-100, high=2**31)
_CLASSES = Port("target", "N ...", target=True, dtype="int64", wants="class numbers", help="The right class of each.")
_NUMBERS = Port("target", "...", target=True, dtype="any", help="Of the prediction's shape; two classes are 0 and 1.")
_LABELS = (Port("prediction", "...", help="One number for each number of the target."), _NUMBERS)


def _task_of_logits(site: Site) -> str:
    return "logit" if site.one("target").classes == 2 else "values"


def _task_of_numbers(site: Site) -> str:
    return "probability" if site.one("target").classes == 2 else "values"


# Classes


CrossEntropyLoss = LayerType(
    "CrossEntropyLoss",
    "How surprised the network is by the right class.",
    inputs=(Port("prediction", "N K ...", wants="scores N×classes", help="Bare scores, without softmax."), _CLASSES),
    outputs=LOSS,
    params=ParamSet(
        (
            _IGNORE,
            Float("label_smoothing", 0.0, "Share of belief given to all classes alike.", low=0.0, high=1.0),
            LOSS_WEIGHT,
        )
    ),
    shape=losses.cross_entropy,
    code=Module("nn.CrossEntropyLoss", adapt=losses.classes_to_the_front),
    task=losses.task_of_classes,
    help="The loss for choosing one class of several. Connect bare scores, one for each class: softmax is built in. "
    "Scores of a sequence have the classes last and are judged token by token; those of an image have them as "
    "channels.",
    formula="L = -log softmax(x)[class], mean over all that count",
    aliases=(
        "softmax loss",
        "classification",
        "log loss",
        "sparse categorical crossentropy",
        "ce",
        "xent",
        "categorical crossentropy",
        "softmax cross entropy",
    ),
    stem="loss",
)

NLLLoss = LayerType(
    "NLLLoss",
    "Cross-entropy for scores that are log-probabilities already.",
    inputs=(
        Port("prediction", "N K ...", wants="log-probabilities N×classes", help="What LogSoftmax puts out."),
        _CLASSES,
    ),
    outputs=LOSS,
    params=ParamSet((_IGNORE, LOSS_WEIGHT)),
    shape=losses.cross_entropy,
    code=Module("nn.NLLLoss", adapt=losses.classes_laid_to_the_front),
    task=losses.task_of_classes,
    help="Takes what LogSoftmax puts out, as where the drawing shows each step of a classifier. LogSoftmax with this "
    "loss is the same as CrossEntropyLoss on the bare scores.",
    formula="L = -x[class], mean over all that count",
    aliases=("negative log likelihood", "log likelihood", "nll"),
    stem="loss",
)

CarliniWagnerLoss = LayerType(
    "CarliniWagnerLoss",
    "How far the right class leads before the best of the others.",
    inputs=(
        Port("prediction", "N K", wants="scores N×classes", help="Bare scores, without softmax."),
        Port("target", "N", target=True, dtype="int64", wants="class numbers", help="The right class of each."),
    ),
    outputs=LOSS,
    params=ParamSet((Float("confidence", 0.0, "By how much another class is to lead.", low=0.0), LOSS_WEIGHT)),
    shape=losses.lead_of_the_class,
    code=Module("CarliniWagnerLoss"),
    task=lambda site: "classes",
    help="Made small over the input of a trained network it finds a small change that makes the network wrong: an "
    "adversarial example. Made small over weights it teaches the wrong answers, so it is no loss to train with.",
    formula="L = mean max(x[class] - max other x, -confidence)",
    paper="Carlini, Wagner, Towards Evaluating the Robustness of Neural Networks, 2017",
    aliases=("adversarial", "attack", "cw"),
    stem="loss",
)


# Yes or no


BCEWithLogitsLoss = LayerType(
    "BCEWithLogitsLoss",
    "Cross-entropy for yes or no, on a bare score.",
    inputs=_LABELS,
    outputs=LOSS,
    params=ParamSet((LOSS_WEIGHT,)),
    shape=losses.elementwise_loss,
    code=Module("nn.BCEWithLogitsLoss", adapt=losses.as_prediction),
    task=_task_of_logits,
    help="The loss for two classes with a single output, or for several yes-or-no questions at once. The sigmoid is "
    "built in, which is safer than a Sigmoid layer before it.",
    formula="L = -[t·log σ(x) + (1 - t)·log(1 - σ(x))], mean over the batch",
    aliases=("binary cross entropy", "bce", "logistic loss", "sigmoid cross entropy"),
    stem="loss",
)

BCELoss = LayerType(
    "BCELoss",
    "Cross-entropy for yes or no, on a probability.",
    inputs=_LABELS,
    outputs=LOSS,
    params=ParamSet((LOSS_WEIGHT,)),
    shape=losses.elementwise_loss,
    code=Module("nn.BCELoss", adapt=losses.as_prediction),
    task=_task_of_numbers,
    help="Takes probabilities between 0 and 1, as a Sigmoid layer puts out. Use it where the drawing shows that "
    "sigmoid; BCEWithLogitsLoss on the bare score computes the same and is safer.",
    formula="L = -[t·log x + (1 - t)·log(1 - x)], mean over the batch",
    aliases=("binary cross entropy", "bce"),
    stem="loss",
)

PerceptronLoss = LayerType(
    "PerceptronLoss",
    "Counts how far scores lie on the wrong side of zero.",
    inputs=_LABELS,
    outputs=LOSS,
    params=ParamSet((LOSS_WEIGHT,)),
    shape=losses.elementwise_loss,
    code=Module("PerceptronLoss", adapt=losses.as_prediction),
    task=lambda site: "logit",
    help="With a single Linear before it and plain SGD, training is the perceptron's rule: a sample on the right side "
    "changes nothing, any other pulls the line towards itself. Targets are 0 and 1, or -1 and 1.",
    formula="L = mean max(0, -t·x), t = ±1",
    paper="Rosenblatt, The Perceptron: A Probabilistic Model for Information Storage and Organization, 1958",
    aliases=("perceptron rule", "hinge"),
    stem="loss",
)


# Numbers


MSELoss = LayerType(
    "MSELoss",
    "The mean squared difference from the target.",
    inputs=_LABELS,
    outputs=LOSS,
    params=ParamSet((LOSS_WEIGHT,)),
    shape=losses.elementwise_loss,
    code=Module("nn.MSELoss", adapt=losses.as_prediction),
    task=_task_of_numbers,
    help="The loss for numbers: large misses count much more than small ones. With two classes the target is 0 or 1.",
    formula="L = mean (x - t)²",
    aliases=("squared error", "l2", "regression", "mean squared error", "mse", "l2 loss"),
    stem="loss",
)

L1Loss = LayerType(
    "L1Loss",
    "The mean distance from the target.",
    inputs=_LABELS,
    outputs=LOSS,
    params=ParamSet((LOSS_WEIGHT,)),
    shape=losses.elementwise_loss,
    code=Module("nn.L1Loss", adapt=losses.as_prediction),
    task=_task_of_numbers,
    help="Every miss counts by its size alone, so a few wild targets do less harm than with MSELoss. Its gradient does "
    "not fade near the target, where it can step back and forth.",
    formula="L = mean |x - t|",
    aliases=("mean absolute error", "mae", "regression", "absolute error", "l1"),
    stem="loss",
)

SmoothL1Loss = LayerType(
    "SmoothL1Loss",
    "Squared near the target, straight beyond.",
    inputs=_LABELS,
    outputs=LOSS,
    params=ParamSet((Float("beta", 1.0, "Where the square ends; 0 is L1Loss.", low=0.0), LOSS_WEIGHT)),
    shape=losses.elementwise_loss,
    code=Module("nn.SmoothL1Loss", adapt=losses.as_prediction),
    task=_task_of_numbers,
    help="Joins the calm end of MSELoss to the robustness of L1Loss. It is usual for the corners of boxes in object "
    "detection. Beyond beta its slope is always 1.",
    formula="L = mean of d²/(2β) where d < β, else d - β/2, with d = |x - t|",
    paper="Girshick, Fast R-CNN, 2015",
    aliases=("regression", "robust"),
    stem="loss",
)

HuberLoss = LayerType(
    "HuberLoss",
    "Squared near the target, straight beyond, with a slope of delta.",
    inputs=_LABELS,
    outputs=LOSS,
    params=ParamSet((Float("delta", 1.0, "Where the square ends.", low=1e-6), LOSS_WEIGHT)),
    shape=losses.elementwise_loss,
    code=Module("nn.HuberLoss", adapt=losses.as_prediction),
    task=_task_of_numbers,
    help="The classical loss for numbers with outliers among them: those count by their distance, all others by its "
    "square. It is delta times SmoothL1Loss.",
    formula="L = mean of d²/2 where d < δ, else δ·(d - δ/2), with d = |x - t|",
    paper="Huber, Robust Estimation of a Location Parameter, 1964",
    aliases=("regression", "robust", "outliers"),
    stem="loss",
)

KLDivLoss = LayerType(
    "KLDivLoss",
    "How much one distribution differs from another.",
    inputs=(
        Port("prediction", "N ...", wants="log-probabilities", help="What LogSoftmax puts out."),
        Port("target", "N ...", target=True, wants="probabilities", help="Of the prediction's shape."),
    ),
    outputs=LOSS,
    params=ParamSet((Bool("log_target", False, "Whether the target holds log-probabilities too."), LOSS_WEIGHT)),
    shape=losses.elementwise_loss,
    code=Module("nn.KLDivLoss", fixed=(("reduction", "batchmean"),)),
    task=lambda site: "values",
    help="Teaches a network to answer with a whole distribution, as that of a larger network in distillation. The "
    "prediction holds log-probabilities, from LogSoftmax; the target plain ones.",
    formula="L = Σ t·(log t - x), mean over the batch",
    paper="Kullback, Leibler, On Information and Sufficiency, 1951",
    aliases=("kullback leibler", "divergence", "distillation", "relative entropy", "kl", "kl divergence"),
    stem="loss",
)


# Distances


CosineEmbeddingLoss = LayerType(
    "CosineEmbeddingLoss",
    "Turns vectors of like pairs together and those of others apart.",
    inputs=(
        Port("x1", "N D", help="The vectors of one side."),
        Port("x2", "N D", help="The vectors of the other side."),
        Port("target", "N", target=True, dtype="any", help="1 for a pair that is alike, else -1; or yes and no."),
    ),
    outputs=LOSS,
    params=ParamSet((Float("margin", 0.0, "Cosine that is far enough for others.", low=-1.0, high=1.0), LOSS_WEIGHT)),
    shape=losses.alike_or_not,
    code=Module("nn.CosineEmbeddingLoss", adapt=losses.as_signs),
    help="Learns an embedding from pairs that are known to be alike or not: run both through the same layers and "
    "compare. Only the direction of a vector counts, never its length.",
    formula="L = 1 - cos(x₁, x₂) where alike, else max(0, cos(x₁, x₂) - margin)",
    aliases=("similarity", "siamese", "contrastive", "pairs"),
    stem="loss",
)

TripletMarginLoss = LayerType(
    "TripletMarginLoss",
    "Pulls a sample nearer to one like it than to another.",
    inputs=(
        Port("anchor", "N D", help="Vectors to compare with."),
        Port("positive", "N D", help="Vectors of samples like them."),
        Port("negative", "N D", help="Vectors of samples unlike them."),
    ),
    outputs=LOSS,
    params=ParamSet(
        (
            Float("margin", 1.0, "By how much the unlike one is to be farther away.", low=1e-6),
            Float("p", 2.0, "Which distance: 2 is the straight line, 1 goes along the axes.", low=1.0, high=8.0),
            LOSS_WEIGHT,
        )
    ),
    shape=losses.same_vectors("anchor", "positive", "negative"),
    code=Module("nn.TripletMarginLoss"),
    help="Learns an embedding in which distance means likeness, as for faces. All three go through the same layers; "
    "a triple that is right by more than the margin changes nothing.",
    formula="L = mean max(0, ‖a - p‖ - ‖a - n‖ + margin)",
    paper="Schroff, Kalenichenko, Philbin, FaceNet: A Unified Embedding for Face Recognition and Clustering, 2015",
    aliases=("metric learning", "siamese", "similarity", "triplet"),
    stem="loss",
)


# Anything


def _minimize(site: Site) -> Code:
    return Same() if site.one().shape == () else Function("torch.mean")


Minimize = LayerType(
    "Minimize",
    "Makes a number of your own small.",
    inputs=(Port("x", "...", help="A number; of anything larger, the mean counts."),),
    outputs=LOSS,
    params=ParamSet((LOSS_WEIGHT,)),
    shape=losses.any_number,
    code=_minimize,
    help="Put it behind a computation whose result training should make small: a loss drawn from single steps, or a "
    "function of a few Values whose lowest point you look for. It needs no target.",
    formula="L = x, or mean x",
    aliases=("own loss", "custom loss", "objective", "optimize"),
    stem="loss",
)
