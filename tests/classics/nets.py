"""The classic networks, drawn from the catalogue, with the numbers of weights that were published."""

from __future__ import annotations

from collections.abc import Callable

from nnstudio.graph.document import Document
from tests.classics.drawing import Pen, inside


def lenet5() -> Document:
    """LeCun et al., 1998, as it is taught: 61,706 weights."""
    document = Document("LeNet 5")
    pen = Pen(document)
    pen.start("Input", "image", shape=(1, 28, 28))
    for channels, padding in ((6, 2), (16, 0)):
        pen.layer("Conv2d", out_channels=channels, kernel_size=5, padding=padding)
        pen.layer("Tanh")
        pen.layer("AvgPool2d")
    pen.layer("Flatten")
    for features in (120, 84):
        pen.layer("Linear", out_features=features)
        pen.layer("Tanh")
    pen.layer("Linear", "head", out_features=10)
    return document


def alexnet() -> Document:
    """Krizhevsky, 2014, as in torchvision: 61,100,840 weights."""
    document = Document("AlexNet")
    pen = Pen(document)
    pen.start("Input", "image", shape=(3, 224, 224))
    for channels, kernel, stride, padding, pooled in (
        (64, 11, 4, 2, True),
        (192, 5, 1, 2, True),
        (384, 3, 1, 1, False),
        (256, 3, 1, 1, False),
        (256, 3, 1, 1, True),
    ):
        pen.layer("Conv2d", out_channels=channels, kernel_size=kernel, stride=stride, padding=padding)
        pen.layer("ReLU")
        if pooled:
            pen.layer("MaxPool2d", kernel_size=3, stride=2)
    pen.layer("AdaptiveAvgPool2d", output_size=6)
    pen.layer("Flatten")
    for _ in range(2):
        pen.layer("Dropout")
        pen.layer("Linear", out_features=4096)
        pen.layer("ReLU")
    pen.layer("Linear", "head", out_features=1000)
    return document


def vgg16() -> Document:
    """Simonyan, Zisserman, 2014: 138,357,544 weights."""
    document = Document("VGG 16")
    pen = Pen(document)
    pen.start("Input", "image", shape=(3, 224, 224))
    for channels, times in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(times):
            pen.layer("Conv2d", out_channels=channels, kernel_size=3, padding=1)
            pen.layer("ReLU")
        pen.layer("MaxPool2d")
    pen.layer("AdaptiveAvgPool2d", output_size=7)
    pen.layer("Flatten")
    for _ in range(2):
        pen.layer("Linear", out_features=4096)
        pen.layer("ReLU")
        pen.layer("Dropout")
    pen.layer("Linear", "head", out_features=1000)
    return document


def resnet18() -> Document:
    """He et al., 2015: 11,689,512 weights. Two blocks: one keeps the size, one halves it."""
    document = Document("ResNet 18")
    keeps, halves = _basic_block(document, "BasicBlock", False), _basic_block(document, "HalvingBlock", True)
    pen = Pen(document)
    pen.start("Input", "image", shape=(3, 224, 224))
    pen.layer("Conv2d", out_channels=64, kernel_size=7, stride=2, padding=3, bias=False)
    pen.layer("BatchNorm2d")
    pen.layer("ReLU")
    pen.layer("MaxPool2d", kernel_size=3, stride=2, padding=1)
    pen.block(keeps, "layer1", channels1=64, channels2=64, repeat=2)
    for number, channels in enumerate((128, 256, 512), 2):
        pen.block(halves, f"layer{number}a", channels1=channels, channels2=channels, channels3=channels)
        pen.block(keeps, f"layer{number}b", channels1=channels, channels2=channels)
    pen.layer("AdaptiveAvgPool2d", output_size=1)
    pen.layer("Flatten")
    pen.layer("Linear", "head", out_features=1000)
    return document


def _basic_block(document: Document, name: str, halving: bool) -> str:
    block, pen = inside(document, name)
    x, sheet = pen.last, pen.sheet
    assert x is not None
    conv1 = pen.layer("Conv2d", "conv1", kernel_size=3, stride=2 if halving else 1, padding=1, bias=False)
    pen.layer("BatchNorm2d", "bn1")
    pen.layer("ReLU", "relu1")
    conv2 = pen.layer("Conv2d", "conv2", kernel_size=3, padding=1, bias=False)
    norm = pen.layer("BatchNorm2d", "bn2")
    skip = x
    convs = [conv1, conv2]
    if halving:
        side = Pen(sheet, row=160.0)
        side.last = x
        convs.append(side.layer("Conv2d", "skip", kernel_size=1, stride=2, padding=0, bias=False))
        skip = side.layer("BatchNorm2d", "skip_norm")
    pen.last = norm
    pen.join("Add", skip)
    pen.layer("ReLU", "relu2")
    pen.layer("Output", "y")
    for number, conv in enumerate(convs, 1):
        document.promote(conv.id, "out_channels", f"channels{number}")
    return block


def mobilenet_v2() -> Document:
    """Sandler et al., 2018: 3,504,872 weights."""
    document = Document("MobileNet V2")
    pen = Pen(document)
    pen.start("Input", "image", shape=(3, 224, 224))
    _norm_relu(pen, pen.layer("Conv2d", out_channels=32, kernel_size=3, stride=2, padding=1, bias=False))
    channels = 32
    for expand, out, times, stride in (
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ):  # fmt: skip
        for number in range(times):
            _inverted(pen, channels, expand, out, stride if number == 0 else 1)
            channels = out
    _norm_relu(pen, pen.layer("Conv2d", out_channels=1280, kernel_size=1, padding=0, bias=False))
    pen.layer("AdaptiveAvgPool2d", output_size=1)
    pen.layer("Flatten")
    pen.layer("Dropout", p=0.2)
    pen.layer("Linear", "head", out_features=1000)
    return document


def _norm_relu(pen: Pen, _: object) -> None:
    pen.layer("BatchNorm2d")
    pen.layer("ReLU6")


def _inverted(pen: Pen, channels: int, expand: int, out: int, stride: int) -> None:
    start = pen.last
    assert start is not None
    if expand > 1:
        _norm_relu(pen, pen.layer("Conv2d", out_channels=channels * expand, kernel_size=1, padding=0, bias=False))
    _norm_relu(pen, pen.layer("DepthwiseConv2d", kernel_size=3, stride=stride, padding=1, bias=False))
    pen.layer("Conv2d", out_channels=out, kernel_size=1, padding=0, bias=False)
    pen.layer("BatchNorm2d")
    if stride == 1 and channels == out:
        pen.join("Add", start)


def transformer_base() -> Document:
    """Vaswani et al., 2017, encoder and decoder layers alone, as torch.nn.Transformer: 44,140,544 weights."""
    document = Document("Transformer base")
    pen = Pen(document)
    source = pen.start("Input", "source", shape=(20, 512))
    below = Pen(document, row=200.0)
    target = below.start("Input", "target", shape=(15, 512))
    node = pen.layer("Transformer")
    document.disconnect(document.links_of(node)[0])
    document.connect(source, f"{node.id}.src")
    document.connect(target, f"{node.id}.tgt")
    return document


def gpt2_small() -> Document:
    """Radford et al., 2019, the head tied to the embedding: 124,439,808 weights."""
    document = Document("GPT 2 small")
    block = _pre_norm_block(document, "GPTBlock", 1e-5, "tanh", causal=True, width=3072, heads=12)
    pen = Pen(document)
    pen.start("Input", "tokens", shape=(64,), dtype="int64", classes=50257)
    embedding = pen.layer("Embedding", "embedding", num_embeddings=50257, embedding_dim=768)
    pen.layer("LearnedPositions", length=1024)
    pen.layer("Dropout", p=0.1)
    pen.block(block, "blocks", repeat=12)
    pen.layer("LayerNorm")
    head = pen.layer("TiedProjection", "head")
    document.connect(f"{embedding.id}.weight", f"{head.id}.weight")
    return document


def vit_b16() -> Document:
    """Dosovitskiy et al., 2020: 86,567,656 weights."""
    document = Document("ViT B 16")
    block = _pre_norm_block(document, "EncoderBlock", 1e-6, "none", causal=False, width=3072, heads=12)
    pen = Pen(document)
    pen.start("Input", "image", shape=(3, 224, 224))
    pen.layer("PatchEmbedding", embed_dim=768, patch_size=16)
    pen.layer("ClassToken")
    pen.layer("LearnedPositions")
    pen.block(block, "blocks", repeat=12)
    pen.layer("LayerNorm", eps=1e-6)
    pen.layer("Select", dim=1, index=0)
    pen.layer("Linear", "head", out_features=1000)
    return document


def _pre_norm_block(
    document: Document, name: str, eps: float, approximate: str, *, causal: bool, width: int, heads: int
) -> str:
    block, pen = inside(document, name)
    x = pen.last
    assert x is not None
    pen.layer("LayerNorm", "norm1", eps=eps)
    pen.layer("MultiheadAttention", "attention", num_heads=heads, causal=causal)
    middle = pen.join("Add", x, name="add1")
    pen.layer("LayerNorm", "norm2", eps=eps)
    pen.layer("Linear", "wide", out_features=width)
    pen.layer("GELU", "gelu", approximate=approximate)
    pen.layer("Linear", "narrow", out_features=768)
    pen.join("Add", middle, name="add2")
    pen.layer("Output", "y")
    return block


NETS: dict[str, tuple[Callable[[], Document], int]] = {
    "LeNet-5": (lenet5, 61_706),
    "AlexNet": (alexnet, 61_100_840),
    "VGG-16": (vgg16, 138_357_544),
    "ResNet-18": (resnet18, 11_689_512),
    "MobileNetV2": (mobilenet_v2, 3_504_872),
    "Transformer base": (transformer_base, 44_140_544),
    "GPT-2 small": (gpt2_small, 124_439_808),
    "ViT-B/16": (vit_b16, 86_567_656),
}
"""Each with its number of weights."""
