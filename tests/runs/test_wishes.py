from nnstudio import paths
from nnstudio.runs.wishes import Wishes


def test_a_run_is_kept_among_the_others(tmp_path):
    kept = Wishes(tensorboard=True).keeping("digits", "{}", label="Adam", race="r", resume="a")
    assert kept.folder.startswith(str(paths.runs_dir()))
    assert kept.folder.endswith(" digits Adam")
    assert (kept.title, kept.label, kept.race, kept.drawing, kept.resume) == ("digits", "Adam", "r", "{}", "a")
    assert kept.tensorboard
    assert Wishes(folder=str(tmp_path)).keeping("a", "").folder.startswith(str(tmp_path))


def test_nothing_is_kept_where_nobody_wants_it():
    kept = Wishes(keep=False).keeping("digits", "{}", resume="a")
    assert (kept.folder, kept.resume) == ("", "a")
