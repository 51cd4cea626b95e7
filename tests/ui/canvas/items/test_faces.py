"""Painted cards are kept up to a limit."""

from PySide6.QtGui import QPixmap

from nnstudio.ui.canvas.items.faces import FaceKeeper

FACE = 10 * 10 * 4


def face() -> QPixmap:
    return QPixmap(10, 10)


def keeper(faces: int) -> FaceKeeper:
    made = FaceKeeper(limit=faces * FACE)
    made.begin_frame()
    return made


def test_what_was_not_seen_for_longest_goes_first(qapp):
    faces = keeper(3)
    for owner in "abc":
        faces.keep(owner, face(), 1.0)
    faces.begin_frame()
    assert faces.get("a", 1.0) is not None
    faces.keep("d", face(), 1.0)
    assert [owner for owner in "abcd" if faces.get(owner, 1.0) is not None] == ["a", "c", "d"]
    assert faces.size == 3 * FACE


def test_what_is_in_view_stays_however_much_it_is(qapp):
    """Else cards that are seen together would drive each other out, and all be painted anew for each frame."""
    faces = keeper(2)
    for _ in range(2):
        faces.begin_frame()
        for owner in "abcde":
            if faces.get(owner, 1.0) is None:
                faces.keep(owner, face(), 1.0)
        assert faces.size == 5 * FACE
    faces.begin_frame()
    faces.keep("f", face(), 1.0)
    assert faces.size == 2 * FACE


def test_another_scale_is_painted_anew_but_not_in_haste(qapp):
    faces = keeper(3)
    faces.keep("a", face(), 1.0)
    assert faces.get("a", 2.0) is None
    faces.hasty = True
    assert faces.get("a", 2.0) is not None
    faces.drop("a")
    faces.drop("a")
    assert faces.get("a", 1.0) is None
    assert faces.size == 0
