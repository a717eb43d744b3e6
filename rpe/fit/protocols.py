"""Which models a protocol tells apart, over a family of protocols."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Unpack

import numpy as np

from rpe._checks import Seed, generator, instance, mapping, scalar, sequence
from rpe.fit.comparison import Criterion
from rpe.fit.estimation import FitOptions
from rpe.fit.likelihood import FiniteTask
from rpe.fit.model import Model
from rpe.fit.recovery import ModelRecovery, model_recovery
from rpe.fit.signals import SignalModel
from rpe.fit.synthetic import DataKind
from rpe.schedules import Schedule
from rpe.table import Table


@dataclass(frozen=True, eq=False)
class ProtocolRecovery:
    """Which models are told apart by which protocol.

    Attributes
    ----------
    recoveries : mapping of str to ModelRecovery
        Of the same models, by name of the protocol.

    Examples
    --------
    >>> scores = np.array([[[0.0, -5.0]] * 2, [[-5.0, 0.0]] * 2])
    >>> one = ModelRecovery(("A", "B"), scores.argmax(axis=2), "bic", scores)
    >>> ProtocolRecovery({"long": one}).report()
    'long: tells all pairs apart'
    """

    recoveries: Mapping[str, ModelRecovery]

    def __post_init__(self) -> None:
        for name, found in mapping("recoveries", self.recoveries).items():
            instance(f"recoveries[{name!r}]", found, ModelRecovery)

    @property
    def table(self) -> Table:
        """One row a protocol and pair of models: how often the right one of the two wins (.5 is chance)."""
        rows = [
            (name, first, second, right)
            for name, found in self.recoveries.items()
            for first, second, right in zip(*(found.pairs[key] for key in ("first", "second", "right")), strict=True)
        ]
        protocol, first, second, right = (list(column) for column in zip(*rows, strict=True))
        return Table({"protocol": protocol, "first": first, "second": second, "right": right})

    @property
    def summary(self) -> Table:
        """One row a protocol: how many pairs it does not tell apart (below 75 %), and its worst and mean pair."""
        pairs = [found.pairs["right"] for found in self.recoveries.values()]
        return Table(
            {
                "protocol": list(self.recoveries),
                "n_not_told_apart": [int((right < 0.75).sum()) for right in pairs],
                "worst": [float(right.min()) for right in pairs],
                "mean": [float(right.mean()) for right in pairs],
            }
        )

    def report(self, *, enough: float = 0.75) -> str:
        """Return which pairs each protocol does not tell apart, and which pairs none of them does.

        Parameters
        ----------
        enough : float
            As in `ModelRecovery.report`.
        """
        enough = scalar("enough", enough, 0.5, 1)
        lines = []
        for name, found in self.recoveries.items():
            said = found.report(enough=enough).splitlines()
            lines += [f"{name}: {line}" for line in said] or [f"{name}: tells all pairs apart"]
        pairs = next(iter(self.recoveries.values())).pairs
        best = np.max([found.pairs["right"] for found in self.recoveries.values()], axis=0)
        for first, second, right in zip(pairs["first"], pairs["second"], best, strict=True):
            if right < enough:
                lines.append(f"no protocol tells apart {first} and {second} (at best right for {right:.0%})")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"ProtocolRecovery of {len(self.recoveries)} protocols\n{self.summary!r}\n{self.report()}"


def protocol_recovery(
    models: Sequence[Model | SignalModel],
    protocols: Mapping[str, Schedule | FiniteTask],
    *,
    n_subjects: int = 20,
    n_trials: int = 100,
    data: DataKind = "choices",
    by: Criterion = "bic",
    rng: Seed = None,
    **options: Unpack[FitOptions],
) -> ProtocolRecovery:
    """Recover models under each of several protocols, to see which of them can tell the models apart.

    Parameters
    ----------
    models : sequence of SignalModel, or of Model
        At least two; their schedule, or task, is replaced by that of each protocol.
    protocols : mapping of str to Schedule or task
        Schedules of theories of dopamine, with `data="signals"`; or tasks of agents.
    n_subjects, n_trials, data, by
        As in `model_recovery`.
    rng : int, numpy.random.Generator or None
        Seed.
    **options
        For `fit`: method, n_starts, n_screen, max_iterations, progress.

    Returns
    -------
    ProtocolRecovery

    Raises
    ------
    TypeError, ValueError
        For no protocol, one of another kind than the models, and as `model_recovery`.

    Examples
    --------
    >>> import rpe
    >>> rate = {"learning_rate": rpe.fit.Parameter(0, 1, start=(0.1, 0.5))}
    >>> td, rw = rpe.theories.TD(trace_decay=0.0), rpe.theories.RescorlaWagner()
    >>> short, long = (rpe.schedules.delay_conditioning(n, delay=1.0, dt=0.5, duration=2.0) for n in (2, 30))
    >>> models = [rpe.fit.SignalModel(theory, short, rate, sensor=rpe.fit.Sensor(noise=0.3)) for theory in (td, rw)]
    >>> found = protocol_recovery(models, {"2 trials": short, "30 trials": long}, n_subjects=10, data="signals",
    ...     n_starts=1, rng=0)
    >>> found.summary["protocol"].tolist()
    ['2 trials', '30 trials']
    """
    chosen = [instance("models", model, Model | SignalModel) for model in sequence("models", models)]
    if not mapping("protocols", protocols):
        raise ValueError("protocols must be at least one; got none")
    for name, protocol in protocols.items():
        if any(isinstance(protocol, Schedule) != isinstance(model, SignalModel) for model in chosen):
            wanted = "a Schedule for a SignalModel, and a task for a Model"
            raise TypeError(f"protocols must be {wanted}; got {type(protocol).__name__} as {name!r}")
    found = {}
    for (name, protocol), own in zip(protocols.items(), generator(rng).spawn(len(protocols)), strict=True):
        placed = [_under(model, protocol) for model in chosen]
        sizes: dict[str, Any] = {"n_subjects": n_subjects, "n_trials": n_trials, "data": data, "by": by}
        found[name] = model_recovery(placed, rng=own, **sizes, **options)
    return ProtocolRecovery(found)


def _under(model: Any, protocol: Schedule | FiniteTask) -> Any:
    return replace(model, **{"schedule" if isinstance(model, SignalModel) else "task": protocol})
