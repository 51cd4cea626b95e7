import pytest

from nnstudio.catalogue import registry
from nnstudio.errors import UnknownLayer


def first(text: str) -> str:
    return registry.search(text)[0].type


def test_every_layer_is_found_under_its_type() -> None:
    for name, layer in registry.layers().items():
        assert registry.layer(name) is layer
        assert layer.type == name
        assert first(name) == name


def test_unknown_layer_is_named() -> None:
    with pytest.raises(UnknownLayer) as raised:
        registry.layer("Conv9d")
    assert raised.value.message == "There is no layer 'Conv9d'."


def test_layers_come_by_family() -> None:
    orders = [layer.family.order for layer in registry.layers().values()]
    assert orders == sorted(orders)
    assert sum(map(len, registry.families().values())) == len(registry.layers())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lin", "Linear"),
        ("dense", "Linear"),
        ("  DENSE ", "Linear"),
        ("conv", "Conv2d"),
        ("skip connection", "Add"),
        ("residual", "Add"),
        ("log loss", "CrossEntropyLoss"),
        ("global average", "AdaptiveAvgPool2d"),
        ("batch norm", "BatchNorm1d"),
    ],
)
def test_search_knows_other_names(text: str, found: str) -> None:
    assert first(text) == found


def test_search_by_family_finds_all_of_it() -> None:
    found = {layer.type for layer in registry.search("pooling")}
    assert {"MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d"} <= found


def test_search_for_nothing_gives_all() -> None:
    assert registry.search("") == list(registry.layers().values())
    assert registry.search("no such thing") == []
