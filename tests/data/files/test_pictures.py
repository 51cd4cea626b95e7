"""Folders of pictures of one's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnstudio.data.registry import dataset
from nnstudio.engine.data import datasets as engine
from nnstudio.errors import Cancelled, DataError
from nnstudio.protocol.messages import DataRef
from tests.data.files.looking import given_up_after, load, loaded, looked

RED, GREY = (255, 0, 0), 128


def picture(path: Path, size: tuple[int, int] = (8, 6), colour: object = RED, mode: str = "RGB") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)  # type: ignore[arg-type]  # as the mode wants it


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    for name, suffix in (("dog", "png"), ("cat", "bmp"), ("ant", "webp")):
        for i in range(3):
            picture(tmp_path / "pets" / name / f"{i}.{suffix}", (8 + i, 6))
    return tmp_path / "pets"


def test_sub_folders_are_classes(pets: Path) -> None:
    params, facts = looked(pets, size=5)
    assert params["classes"] == ("ant", "cat", "dog")
    assert facts["classes"] == [["ant", 3], ["cat", 3], ["dog", 3]]
    given = load("image_folder", params).arrays
    assert given["image"].shape == (9, 3, 5, 5)
    assert given["label"].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert given["image"][3:, 0].min() == 1.0
    assert given["image"][3:, 1:].max() == 0.0


def test_pictures_of_one_small_size_stay_as_they_are(tmp_path: Path) -> None:
    for i in range(2):
        picture(tmp_path / f"{i}.png", (8, 6), GREY, "L")
    params, _ = looked(tmp_path)
    assert (params["size"], params["colour"], params["classes"]) == ((6, 8), "grey", ())
    given = load("image_folder", params).arrays
    assert set(given) == {"image"}
    assert given["image"].shape == (2, 1, 6, 8)
    assert given["image"].max() == pytest.approx(128 / 255)


@pytest.mark.parametrize(("fit", "edge"), [("crop", 255), ("pad", 0), ("stretch", 255)])
def test_another_shape_is_cropped_padded_or_stretched(tmp_path: Path, fit: str, edge: int) -> None:
    for i in range(2):
        picture(tmp_path / f"{i}.png", (40, 20), 255, "L")
    image = loaded(tmp_path, size=(10, 10), fit=fit).arrays["image"]
    assert image[0, 0, 0].max() * 255 == edge
    assert image[0, 0, 5].min() == 1.0


def test_every_mode_is_read_and_what_is_clear_is_white(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", colour=(0, 0, 0, 0), mode="RGBA")
    picture(tmp_path / "b.png", colour=65535, mode="I;16")
    picture(tmp_path / "c.gif", colour=0, mode="P")
    picture(tmp_path / "d.png", colour=1, mode="1")
    picture(tmp_path / "e.jpg", colour=(0, 0, 0, 0), mode="CMYK")
    image = loaded(tmp_path).arrays["image"]
    assert image.reshape(5, -1).min(axis=1).tolist() == [1, 1, 0, 1, 1]


def test_a_camera_that_lay_on_its_side(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    lying = Image.new("RGB", (30, 20), "red")
    lying.paste("blue", (0, 0, 15, 20))
    lying.save(tmp_path / "a.png", exif=exif)
    params, _ = looked(tmp_path)
    assert params["size"] == (30, 20)
    image = load("image_folder", params).arrays["image"][0]
    assert (image[:, 0, 0].tolist(), image[:, -1, -1].tolist()) == ([0, 0, 1], [1, 0, 0])


def test_what_is_hidden_or_no_picture_is_left_out(pets: Path) -> None:
    picture(pets / ".hidden.png")
    picture(pets / ".secret" / "a.png")
    picture(pets / "loose.png")
    (pets / "notes.txt").write_text("hello")
    _, facts = looked(pets)
    assert facts["rows"] == 9
    assert len(facts["warnings"]) == 2


def test_links_in_a_circle_are_walked_once(pets: Path) -> None:
    (pets / "cat" / "again").symlink_to(pets)
    (pets / "self.png").symlink_to(pets / "self.png")
    assert looked(pets)[1]["rows"] == 9


def test_a_folder_in_a_folder_is_entered(pets: Path) -> None:
    assert looked(pets.parent)[0]["classes"] == ("ant", "cat", "dog")


def test_some_are_shown(pets: Path) -> None:
    shown = looked(pets)[1]["pictures"]
    assert [each["class"] for each in shown] == ["ant"] * 3 + ["cat"] * 3 + ["dog"] * 3
    assert all(len(each["pixels"]) == np.prod(each["shape"]) for each in shown)


def test_a_broken_one_is_named(pets: Path) -> None:
    params, _ = looked(pets)
    whole = (pets / "dog" / "1.png").read_bytes()
    (pets / "dog" / "1.png").write_bytes(whole[:-20] + bytes(20))
    with pytest.raises(DataError, match=r"'1\.png' in 'dog' is no picture"):
        load("image_folder", params)


def test_a_change_is_noticed(pets: Path) -> None:
    params, _ = looked(pets)
    stamp = dataset("image_folder").stamp
    assert stamp is not None
    before = stamp(params)
    assert stamp(params) == before
    picture(pets / "cat" / "new.png")
    assert stamp(params) != before
    with pytest.raises(DataError, match="has changed since it was chosen"):
        load("image_folder", params)


def test_a_drawing_knows_its_fields_before_a_folder_is_chosen() -> None:
    assert [field.shape for field in dataset("image_folder").fields_for({"size": (4, 5)})] == [(3, 4, 5)]
    with pytest.raises(DataError, match="No file chosen yet"):
        engine.load(DataRef("image_folder"))


def test_work_is_given_up(pets: Path) -> None:
    params, _ = looked(pets)
    loading, after = given_up_after(4)
    with pytest.raises(Cancelled):
        load("image_folder", params, loading)
    assert after() == 1
