"""Liking: whether wanting without liking, and liking without wanting, last, and whether more dopamine pleases more.

Agents choose between rest and work for a reward. Incentive salience κ (dopamine) and the gain of pleasure (opioids
and endocannabinoids) are set apart, and the agents learn from the reward, from what they like of it, or from both.
Wanting is how often they work, liking what they feel per reward. That κ does not touch liking is built in; whether the
two come together again by learning, and what is liked in all, less effort, under more κ, is computed.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe import mechanisms, simulate, tasks
from rpe._checks import Floats, Seed, count, generator, scalar
from rpe.agents import QLearner
from rpe.experiments import titles
from rpe.experiments.specifications import note, told
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["STATES", "Settings", "figures", "run", "sentences", "table"]

STATES = {
    "normal": (1.0, 1.0),
    "wanting without liking": (3.0, 0.3),
    "liking without wanting": (0.2, 1.5),
    "neither": (0.2, 0.3),
}
"""κ and the gain of pleasure; provisional, as all gains are."""
_EFFORT, _NULL = 0.4, 0.02


@dataclass(frozen=True)
class Settings:
    """The family of agents.

    Parameters
    ----------
    saliences : tuple of float
        Family: κ, a factor; 1 must be there.
    gains : tuple of float
        Family: factors on pleasure, opioid times endocannabinoid; 1 must be there.
    weights : tuple of float
        Family: weight w, how far learning follows liking; the first must be 0.
    learning_rates : tuple of float
        Family: α of the learner, in [0, 1].
    temperatures : tuple of float
        Family: β of the learner, per reward unit.
    n_agents, n_choices : int
        Learners of each setting, and their choices.
    """

    saliences: tuple[float, ...] = (0.2, 0.5, 1.0, 2.0, 3.0)
    gains: tuple[float, ...] = (0.3, 1.0, 1.5)
    weights: tuple[float, ...] = (0.0, 0.5, 1.0)
    learning_rates: tuple[float, ...] = (0.05, 0.2)
    temperatures: tuple[float, ...] = (1.0, 3.0)
    n_agents: int = 150
    n_choices: int = 300

    def __post_init__(self) -> None:
        count("n_agents", self.n_agents, 2)
        count("n_choices", self.n_choices, 40)
        tops = {"weights": 1.0, "learning_rates": 1.0}
        for name in ("saliences", "gains", "weights", "learning_rates", "temperatures"):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
            for level in getattr(self, name):
                scalar(name, level, 0, tops.get(name, np.inf))
        for name in ("saliences", "gains"):
            if 1.0 not in getattr(self, name) or len(getattr(self, name)) < 2:
                raise ValueError(f"{name} must hold 1, which is normal, and others; got {getattr(self, name)}")
        if self.weights[0] != 0:
            raise ValueError(f"weights must begin with 0, for learning from reward alone; got {self.weights}")

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(saliences=(0.2, 1.0, 3.0), learning_rates=(0.1,), n_agents=60, n_choices=150)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(gains=(0.1, 0.3, 1.0, 1.5, 2.0), weights=(0.0, 0.25, 0.5, 1.0), n_agents=1000, n_choices=1000)


Cell = tuple[float, float, float, float, float]
_NAMES = ("salience", "gain", "liking_weight", "learning_rate", "inverse_temperature")


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Run all agents of the family, and those of the four states, each at once."""
    study = Study(settings)
    family, states = (int(seed) for seed in generator(rng).integers(2**63, size=2))
    rest = (settings.weights, settings.learning_rates, settings.temperatures)
    for cell, numbers in _felt(settings, list(product(settings.saliences, settings.gains, *rest)), family):
        study.add(numbers, part="family", **_named(cell))
    for name, (salience, gain) in STATES.items():
        for cell, numbers in _felt(settings, list(product((salience,), (gain,), *rest)), states):
            where = {key: level for key, level in _named(cell).items() if key not in ("salience", "gain")}
            study.add(numbers, part="states", state=name, **where)
    _note(study)
    _draw(study, settings)
    _say(study, settings)
    return study


def _named(cell: Cell) -> dict[str, float]:
    return dict(zip(_NAMES, cell, strict=True))


def _felt(settings: Settings, cells: list[Cell], seed: int) -> list[tuple[Cell, dict[str, float]]]:
    """Wanting at first and in the end, liking per reward, and what is liked in all less effort, of each setting."""
    salience, gain, weight, rate, beta = (np.repeat(column, settings.n_agents) for column in zip(*cells, strict=True))
    learner = QLearner(learning_rate=rate, discount=0.0, inverse_temperature=beta)
    # Wanting within liking, so that what is wanted is learned from what is liked as far as anything is.
    wanting = mechanisms.Wanting(learner, kappa=salience, inverse_temperature=beta, learning_rate=rate)
    agent = mechanisms.Liking(wanting, weight=weight, opioid=gain)
    task = tasks.paid_effort(_EFFORT, 1.0, rest=0.0, n_steps=settings.n_choices)
    history = simulate.run(agent, task, rng=seed, record="all", keep_memory=True)
    full, memory = history.full, history.memory
    assert full is not None
    assert isinstance(memory, mechanisms.MechanismMemory)
    worked = (full.action[:, 0] == 1).reshape(len(cells), settings.n_agents, -1).mean(axis=1)
    liked, received = (x.reshape(len(cells), -1).sum(axis=1) for x in memory.own)
    found = []
    for i, cell in enumerate(cells):
        per_reward = liked[i] / received[i] if received[i] else 0.0
        late = float(worked[i, -settings.n_choices // 3 :].mean())
        numbers = {"wanting, early": float(worked[i, :20].mean()), "wanting": late, "liking": float(per_reward)}
        found.append((cell, {**numbers, "liked in all": late * (cell[1] - _EFFORT)}))
    return found


def _against(
    study: Study[Settings], quantity: str, factor: str, **where: float
) -> tuple[Floats, dict[str, npt.NDArray[Any]]]:
    """A quantity at each level of a factor but 1, less that at 1 in settings alike; and the settings."""
    asked = {"part": "family", "quantity": quantity, **where}
    rows = [row for row in study.rows if all(row.get(name) == level for name, level in asked.items())]
    same = [name for name in _NAMES if name != factor]
    normal = {tuple(row[name] for name in same): row["value"] for row in rows if row[factor] == 1}
    others = [row for row in rows if row[factor] != 1]
    change = [float(row["value"]) - float(normal[tuple(row[name] for name in same)]) for row in others]
    return np.array(change), {name: np.array([row[name] for row in others]) for name in _NAMES}


def _note(study: Study[Settings]) -> None:
    for weight in sorted({float(row["liking_weight"]) for row in study.rows}):
        for quantity, when in (("wanting, early", "early"), ("wanting", "late")):
            change, factors = _against(study, quantity, "gain", liking_weight=weight)
            note(
                study,
                "wanting follows liking",
                change * np.sign(factors["gain"] - 1),
                factors,
                liking_weight=weight,
                when=when,
            )
    for factor in ("salience", "gain"):
        change, factors = _against(study, "liked in all", factor)
        note(study, f"more {factor} pleases more", change * np.sign(factors[factor] - 1), factors)


def _draw(study: Study[Settings], settings: Settings) -> None:
    for weight in (settings.weights[0], settings.weights[-1]):
        bars = {
            "wanting": [study.values("wanting", state=state, liking_weight=weight).mean() for state in STATES],
            "liking": [study.values("liking", state=state, liking_weight=weight).mean() for state in STATES],
        }
        names = [state.replace(" without ", "\nwithout ") for state in STATES]
        source = "reward" if weight == 0 else "liking"
        title = titles.ranked(f"wanting that is learned from {source}", by="when", name="wanting")
        study.draw(title, names, bars, ylabel="share of work; liking a reward\n(mean over settings)", limits=(0.0, 1.6))
    for quantity, what, ylabel in (
        ("wanting", "wanting", "share of work (mean over settings)"),
        ("liked in all", "what is liked in all, less effort,", "reward units a choice\n(mean over settings)"),
    ):
        curves = {
            f"gain {gain:g}": [
                study.values(quantity, part="family", salience=kappa, gain=gain).mean() for kappa in settings.saliences
            ]
            for gain in settings.gains
        }
        study.draw(
            titles.ranked(what, by="with"),
            settings.saliences,
            curves,
            xlabel="κ",
            ylabel=ylabel,
            log=min(settings.saliences) > 0,
        )


def _say(study: Study[Settings], settings: Settings) -> None:
    first, last = settings.weights[0], settings.weights[-1]
    for state in list(STATES)[1:3]:
        told_states = [
            (
                study.values("wanting", state=state, liking_weight=w).mean(),
                study.values("wanting", state="normal", liking_weight=w).mean(),
            )
            for w in (first, last)
        ]
        liking = study.values("liking", state=state).mean()
        study.say(
            f"{state.capitalize()} (liking {liking:.2f} a reward, normally 1): {told_states[0][0]:.0%} of choices are "
            f"work in the end, normally {told_states[0][1]:.0%}, in who learns from reward; {told_states[1][0]:.0%} in "
            f"who learns from liking as far as w = {last:g}, normally {told_states[1][1]:.0%}."
        )
    follows = [
        told(study, "wanting follows liking", liking_weight=weight, when=when)
        for weight, when in ((first, "late"), (last, "early"), (last, "late"))
    ]
    study.say(
        f"Wanting follows liking in {follows[0]} where learning follows reward, which is built in, and in {follows[1]} "
        f"at first and {follows[2]} in the end where it follows liking.",
        "More incentive salience brings more of what is liked, less effort, in "
        f"{told(study, 'more salience pleases more')}; more gain of pleasure does in "
        f"{told(study, 'more gain pleases more')}, which follows from its equation.",
    )


def __dir__() -> list[str]:
    return __all__
