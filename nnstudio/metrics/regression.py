"""Figures of networks that predict numbers. Adding one is adding a declaration here."""

from __future__ import annotations

from nnstudio.metrics.spec import VALUES, Judged, MetricType


def _mse(judged: Judged) -> float:
    from sklearn.metrics import mean_squared_error

    return float(mean_squared_error(judged.target, judged.predicted))


def _mae(judged: Judged) -> float:
    from sklearn.metrics import mean_absolute_error

    return float(mean_absolute_error(judged.target, judged.predicted))


def _r2(judged: Judged) -> float | None:
    from sklearn.metrics import r2_score

    target = judged.target
    if len(target) < 2 or (target == target[0]).all():
        return None
    return float(r2_score(target, judged.predicted, multioutput="variance_weighted"))


MSE = MetricType("mse", "MSE", "Mean of the squared errors.", VALUES, _mse, better="lower", format="number")
MAE = MetricType("mae", "MAE", "Mean of the errors without their sign.", VALUES, _mae, better="lower", format="number")
R2 = MetricType(
    "r2",
    "R²",
    "Share of the target's variance that is explained: 1 is perfect, 0 is no better than the mean.",
    VALUES,
    _r2,
    format="number",
)
