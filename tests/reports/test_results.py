from math import nan

from nnstudio.graph.training import EpochRow
from nnstudio.project.run import Run
from nnstudio.reports.results import means, ranked, results


def ended(label: str, *losses: float, accuracy: float | None = None, group: str = "", f1: float | None = None) -> Run:
    figures = {} if f1 is None else {"f1": f1}
    rows = [EpochRow(i, 1.0, loss, None, accuracy, metrics=figures if i == 1 else {}) for i, loss in enumerate(losses)]
    return Run(label=label, group=group, state="finished", epochs=rows)


def order(runs: list[Run], by: str) -> list[str]:
    return [run.label for run in ranked(runs, by)]


def test_the_best_is_first_whichever_way_is_better() -> None:
    runs = [ended("a", 0.5, accuracy=0.9), ended("b", 0.1, accuracy=0.7), ended("c", nan), ended("d")]
    assert order(runs, "test_loss") == ["b", "a", "c", "d"]
    assert order(runs, "test_accuracy") == ["a", "b", "c", "d"]


def test_of_equals_the_one_with_less_loss_is_first() -> None:
    runs = [ended("a", 0.5, accuracy=1.0), ended("b", 0.1, accuracy=1.0)]
    assert order(runs, "test_accuracy") == ["b", "a"]


def test_a_figure_that_not_every_epoch_has_is_that_of_the_last_that_has_it() -> None:
    (record,) = results([ended("a", 0.5, 0.4, 0.3, f1=0.75)], "f1")
    assert (record["f1"], record["test_loss"], record["epochs"]) == (0.75, 0.3, 2)


def test_a_run_without_an_epoch_has_a_record_too() -> None:
    (record,) = results([ended("a")], "test_loss")
    assert (record["test_loss"], record["epochs"]) == (None, 0)


def test_means_are_of_runs_that_differ_in_the_seed_alone() -> None:
    runs = [ended("a0", 0.5, group="a"), ended("a1", 0.3, group="a"), ended("b0", 0.1, group="b")]
    (mean,) = means(runs, "test_loss")
    assert (mean["group"], mean["runs"], mean["mean"], mean["low"], mean["high"]) == ("a", 2, 0.4, 0.3, 0.5)
