from nnstudio.catalogue import registry, usual


def test_every_layer_named_there_exists() -> None:
    assert usual.common() <= set(registry.layers())
    assert set(usual.FIRST) <= set(registry.layers())


def test_every_family_but_losses_has_usual_followers() -> None:
    for layer in registry.layers().values():
        assert usual.after(layer) or layer.is_loss, layer.type
        assert set(usual.after(layer)) <= set(registry.layers())


def test_what_comes_before_is_what_it_comes_after() -> None:
    assert "Conv2d" in usual.before(registry.layer("ReLU"))
    assert usual.before(registry.layer("LastStep"))[0] == "LSTM"
