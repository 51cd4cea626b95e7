import pytest

from nnstudio.catalogue import registry
from nnstudio.errors import UnknownLayer


def test_every_layer_is_found_under_its_type() -> None:
    for name, layer in registry.layers().items():
        assert registry.layer(name) is layer
        assert layer.type == name


def test_unknown_layer_is_named() -> None:
    with pytest.raises(UnknownLayer) as raised:
        registry.layer("Conv9d")
    assert raised.value.message == "There is no layer 'Conv9d'."


def test_layers_come_by_family() -> None:
    orders = [layer.family.order for layer in registry.layers().values()]
    assert orders == sorted(orders)
    assert sum(map(len, registry.families().values())) == len(registry.layers())
