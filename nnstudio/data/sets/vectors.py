"""Things as vectors: who is near to whom."""

from __future__ import annotations

import numpy as np

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.params import Values

INDIA = {
    "Rohit Sharma": (49.1, 92.0),
    "Shubman Gill": (61.4, 103.5),
    "Virat Kohli": (58.7, 93.6),
    "Shreyas Iyer": (49.6, 101.0),
    "KL Rahul": (50.8, 88.1),
    "Ravindra Jadeja": (32.4, 85.1),
    "Suryakumar Yadav": (25.8, 105.0),
    "Mohammed Shami": (7.9, 83.0),
    "Jasprit Bumrah": (7.6, 58.0),
    "Kuldeep Yadav": (10.5, 60.0),
    "Mohammed Siraj": (6.9, 52.0),
}
AUSTRALIA = {
    "Travis Head": (42.7, 102.8),
    "David Warner": (45.3, 97.3),
    "Mitchell Marsh": (36.1, 95.6),
    "Steve Smith": (43.5, 87.2),
    "Marnus Labuschagne": (37.9, 83.2),
    "Glenn Maxwell": (35.4, 126.9),
    "Josh Inglis": (22.5, 88.0),
    "Mitchell Starc": (12.6, 88.0),
    "Pat Cummins": (14.0, 77.0),
    "Adam Zampa": (9.8, 70.0),
    "Josh Hazlewood": (17.5, 82.0),
}
"""Batting average and strike rate of all one-day internationals of each, to one decimal."""
_TEAMS = {"India": INDIA, "Australia": AUSTRALIA}
_PLAYERS = tuple(name for team in _TEAMS.values() for name in team)


def _load(values: Values, loading: Loading) -> Loaded:
    numbers = [pair for team in _TEAMS.values() for pair in team.values()]
    team = [index for index, team in enumerate(_TEAMS.values()) for _ in team]
    return Loaded(
        {
            "player": np.arange(len(_PLAYERS), dtype=np.int64),
            "numbers": np.array(numbers, np.float32),
            "team": np.array(team, np.int64),
        }
    )


CRICKETERS = DatasetType(
    name="cricketers",
    title="Cricketers",
    summary="The 22 players of the 2023 World Cup final as two numbers each.",
    fields=(
        Field("player", (), "int64", kind="label", names=_PLAYERS),
        Field("numbers", (2,), "float32", kind="vector", columns=("average", "strike rate")),
        Field("team", (), "int64", kind="label", names=tuple(_TEAMS)),
    ),
    group="tables",
    samples=len(_PLAYERS),
    load=_load,
    split="none",
    source="Public records of one-day internationals up to the final of 19 November 2023, put together for this "
    "project and rounded. Those of players who seldom bat are approximate (Shami, Bumrah, Kuldeep, Siraj, Inglis, "
    "Starc, Cummins, Zampa, Hazlewood).",
    licence="Facts; this table is in the public domain (CC0 1.0)",
    help="Each player is a vector: how many runs between two dismissals, and how many in a hundred balls. Near "
    "vectors are alike: nearest to Kohli are Rahul, Sharma, Gill and Iyer. All players are learned and tested.",
    aliases=("cricket", "players", "vectors", "nearest neighbours", "distance", "embedding"),
)
