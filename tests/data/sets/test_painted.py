import numpy as np
import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.errors import DataError
from nnstudio.graph import storage
from nnstudio.graph.document import Document

POINTS = ((0.5, -0.25, 0), (0.125, 1.5, 2), (-1.5, 0.0, 2))


def load(points):
    painted = dataset("painted")
    return painted.load(painted.params.check({"points": points}), Loading()).arrays


def test_gives_the_points_as_they_were_painted():
    arrays = load(POINTS)
    assert arrays["point"] == pytest.approx(np.array(POINTS)[:, :2])
    assert arrays["label"].tolist() == [0, 2, 2]
    assert dataset("painted").field("label", {"points": POINTS}).names == ("first", "second", "third")


@pytest.mark.parametrize(("points", "words"), [((), "Nothing is painted"), (POINTS[:1], "Only one point")])
def test_too_few_points_are_told(points, words):
    with pytest.raises(DataError, match=words) as raised:
        load(points)
    assert "Paint panel" in raised.value.fix


def test_takes_the_place_of_moons_with_its_wires():
    document = Document()
    document.add("Dataset", "data", dataset="moons")
    document.add("Linear", "linear", out_features=2)
    document.connect("data.point", "linear")
    document.set("data", dataset="painted", points=POINTS)
    assert len(document.links) == 1
    document.undo()
    assert document.node("data").params["dataset"] == "moons"


def test_a_project_file_holds_the_most_points_that_there_may_be(tmp_path):
    points = [(row / 100, column / 100, (row + column) % 6) for row in range(-50, 50) for column in range(50)]
    document = Document()
    document.add("Dataset", "data", dataset="painted", points=points)
    path = tmp_path / "painted.nnstudio.json"
    storage.save(document, path)
    assert path.stat().st_size < 150_000
    assert storage.load(path).node("data").params == document.node("data").params
