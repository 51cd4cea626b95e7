"""One harness over every declared data set that needs no file and no network."""

import subprocess
import sys
import time
import tracemalloc

import numpy as np
import pytest
import torch

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset, datasets
from nnstudio.data.spec import GROUPS, Arrays, DatasetType, check_loaded
from nnstudio.engine.data import datasets as engine
from nnstudio.errors import BadParameter, UnknownDataset
from nnstudio.protocol.messages import DataRef

ALL = [declared for declared in datasets().values() if declared.group != "own" and declared.download is None]
CHANCE = [declared for declared in ALL if "noise" in declared.params]
"""Those drawn by lot, with a parameter `noise`."""
COUNTED = [declared for declared in ALL if "samples" in declared.params]


def over(chosen: list[DatasetType]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("declared", chosen, ids=lambda declared: declared.name)


def load(declared: DatasetType, seed: int = 0, **values: object) -> Arrays:
    checked = declared.params.check(values)
    loaded = declared.load(checked, Loading(seed))
    check_loaded(declared, checked, loaded)
    return loaded.arrays


def same(one: Arrays, other: Arrays) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in one)


@over(ALL)
def test_is_as_declared(declared):
    load(declared)  # what is imported along the way does not count
    start = time.process_time()  # nor what other programs do meanwhile
    arrays = load(declared)
    assert time.process_time() - start < 5
    count = len(next(iter(arrays.values())))
    assert declared.samples_for() in (count, 0)
    assert all(np.isfinite(array).all() for array in arrays.values())
    for field in declared.fields_for():
        if field.dtype == "int64":
            assert arrays[field.name].min() >= 0
            assert arrays[field.name].max() < field.classes


@over(ALL)
def test_same_seed_same_data(declared):
    assert same(load(declared, 3), load(declared, 3))


@over(CHANCE)
def test_another_seed_gives_other_samples(declared):
    assert not same(load(declared, 3), load(declared, 4))


@over(ALL)
def test_labels_have_every_class(declared):
    arrays = load(declared)
    for field in declared.fields_for():
        if field.classes and field.kind == "label" and not field.size:
            assert set(np.unique(arrays[field.name])) == set(range(field.classes))


@over(ALL)
def test_takes_as_much_memory_as_estimated(declared):
    arrays = load(declared)
    held = sum(array.nbytes for array in arrays.values())
    assert declared.bytes_for() in (held, 0)


@over(ALL)
def test_uses_no_more_than_some_times_its_size_to_load(declared):
    load(declared)  # what is imported along the way does not count
    tracemalloc.start()
    arrays = load(declared)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * sum(array.nbytes for array in arrays.values()) + 2**25


@over(ALL)
def test_nothing_is_both_learned_and_tested(declared):
    data = engine.load(DataRef(declared.name, seed=1))
    train, test = set(data.rows["train"].tolist()), set(data.rows["test"].tolist())
    if declared.split == "none":
        assert train == test
        return
    assert not train & test
    if not declared.repeats:
        assert not _samples(data.train) & _samples(data.test)


def _samples(tensors: dict[str, torch.Tensor]) -> set[bytes]:
    columns = [tensor.reshape(len(tensor), -1).double().numpy() for tensor in tensors.values()]
    return {row.tobytes() for row in np.concatenate(columns, axis=1)}


@over(ALL)
def test_tells_where_it_comes_from(declared):
    assert declared.summary.endswith(".")
    assert declared.group in GROUPS
    assert all([declared.title, declared.source, declared.licence])


@over(COUNTED)
def test_gives_as_many_samples_as_asked(declared):
    low = declared.params["samples"].low
    for samples in (low, low + 1, 1000):
        arrays = load(declared, samples=samples)
        assert {len(array) for array in arrays.values()} == {samples}
        assert declared.samples_for({"samples": samples}) == samples


def test_wrong_parameters_are_refused():
    with pytest.raises(BadParameter, match="samples"):
        dataset("moons").params.check({"samples": 3})
    with pytest.raises(UnknownDataset, match="digits"):
        dataset("nothing")


def test_listing_is_light():
    code = (
        "import sys; from nnstudio.data.registry import datasets; assert len(datasets()) >= 5;"
        "print([name for name in ('sklearn', 'scipy', 'torch', 'PIL', 'pyarrow') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
