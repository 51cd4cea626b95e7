from nnstudio.reports.tables import table


def test_numbers_stand_to_the_right_and_empty_columns_are_left_out() -> None:
    rows = [
        {"event": "result", "run": "lr 0.1", "test_loss": 0.25, "label": "", "metrics": {"f1": 0.5}},
        {"event": "result", "run": "a longer name", "test_loss": None, "label": "", "metrics": {}},
    ]
    assert table(rows).splitlines() == [
        "run            test loss   f1",
        "lr 0.1              0.25  0.5",
        "a longer name",
    ]
