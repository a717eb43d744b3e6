"""Happiness and mood: one goal against micro wins, the drop after a goal, and adaptation to what is expected.

Momentary happiness is a decayed sum of expectations and errors (Rutledge et al. 2014). The same reward is
paid at once or in parts, day after day, while what is expected of it is learned; sure or by chance, and
worth its size or less than in proportion. Means over chance are exact. Then mood, a momentum of errors,
colours what rewards are worth to a learner (Eldar & Niv 2015). That happiness is linear in both terms is
built in; what follows for parts of a reward, for the days after and for the drop is computed.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np

from rpe import measures, mechanisms, simulate
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, scalar
from rpe.agents import QLearner
from rpe.experiments import titles
from rpe.experiments.specifications import note
from rpe.experiments.study import Labels, Study, figures, sentences, table
from rpe.measures.wellbeing import WEIGHTS
from rpe.tasks import Tables, TableTask

__all__ = ["Settings", "course", "figures", "run", "sentences", "table"]

_NULL = 0.02


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The family of days and people.

    Parameters
    ----------
    n_moments : int
        Moments of a day; rewards come at even distances, the last one at 3/4 of it.
    reward : float
        Paid in a day, reward units.
    goal_numbers : tuple of int
        Family: parts in which it is paid; the first must be 1.
    probabilities : tuple of float
        Family: chance of each payment, of the size that makes the mean the same.
    exponents : tuple of float
        Family: exponent ρ of utility x^ρ, in (0, 1].
    forgetting : tuple of float
        Family: γ of happiness, what is left of it per moment.
    learning_rate : float
        α at which payments come to be expected, per day.
    n_days : int
        Days of practice.
    mood_weights : tuple of float
        Weights w of mood; the first must be 0.
    """

    n_moments: int = 40
    reward: float = 10.0
    goal_numbers: tuple[int, ...] = (1, 2, 5, 10)
    probabilities: tuple[float, ...] = (0.5, 0.8, 1.0)
    exponents: tuple[float, ...] = (0.5, 0.8, 1.0)
    forgetting: tuple[float, ...] = (0.4, 0.6, 0.9)
    learning_rate: float = 0.2
    n_days: int = 30
    mood_weights: tuple[float, ...] = (0.0, 0.5, 1.0)

    def __post_init__(self) -> None:
        count("n_moments", self.n_moments, 20)
        count("n_days", self.n_days, 2)
        scalar("reward", self.reward, 0, open_low=True)
        scalar("learning_rate", self.learning_rate, 0, 1)
        for name in ("goal_numbers", "probabilities", "exponents", "forgetting", "mood_weights"):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
        for n in self.goal_numbers:
            count("goal_numbers", n, 1, self.n_moments // 2)
        if self.goal_numbers[0] != 1 or self.mood_weights[0] != 0:
            raise ValueError(
                "goal_numbers must begin with 1 and mood_weights with 0, which all else is compared with; "
                f"got {self.goal_numbers} and {self.mood_weights}"
            )
        for name, top in (("probabilities", 1), ("exponents", 1), ("forgetting", 1)):
            for level in getattr(self, name):
                scalar(name, level, 0, top, open_low=True)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(goal_numbers=(1, 5), probabilities=(0.5, 1.0), exponents=(0.5, 1.0), n_days=15)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(goal_numbers=(1, 2, 3, 5, 10), probabilities=(0.25, 0.5, 0.75, 1.0), n_days=200)


def places(n_moments: int, n_goals: int) -> list[int]:
    """Return the moments at which payments come: even distances, the last at 3/4 of the day."""
    return [round(0.75 * n_moments * (j + 1) / n_goals) - 1 for j in range(n_goals)]


def course(settings: Settings, n_goals: int, probability: float, exponent: float, forgetting: float) -> Floats:
    """Return happiness at every moment of every day, its mean over chance, (n_days, n_moments).

    A payment of R/(Kp) comes with probability p and is worth (R/(Kp))^ρ; what is expected of it grows by
    the delta rule, whose mean after n days is p u (1 − (1 − α)^n).
    """
    utility = (settings.reward / (n_goals * probability)) ** exponent
    mean = probability * utility
    known = mean * (1 - (1 - settings.learning_rate) ** np.arange(settings.n_days))
    expected = np.zeros((settings.n_days, settings.n_moments))
    error = np.zeros_like(expected)
    at = places(settings.n_moments, n_goals)
    expected[:, at], error[:, at] = known[:, None], (mean - known)[:, None]
    return measures.happiness(expected, error, forgetting=forgetting)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Follow happiness over days, and mood in a learner; nothing is drawn at random."""
    study = Study(settings)
    _family(study, settings)
    _shares(study, settings)
    _mood(study, settings)
    _draw(study, settings)
    _say(study, settings)
    return study


def _family(study: Study[Settings], settings: Settings) -> None:
    cells = product(settings.goal_numbers, settings.probabilities, settings.exponents, settings.forgetting)
    for n_goals, chance, exponent, gamma in cells:
        days = course(settings, n_goals, chance, exponent, gamma)
        for when, day in (("first day", days[0]), ("last day", days[-1])):
            last = places(settings.n_moments, n_goals)[-1]
            numbers = {"mean": day.mean(), "peak": day.max(), "drop": day[last] - day[last + 3]}
            where: dict[str, Any] = {"n_goals": float(n_goals), "probability": chance, "exponent": exponent}
            study.add(numbers, part="family", forgetting=gamma, when=when, **where)


def _shares(study: Study[Settings], settings: Settings) -> None:
    """In what share of the family days with wins are happier, drop less, and wear off."""
    cells = list(product(settings.goal_numbers[1:], settings.probabilities, settings.exponents, settings.forgetting))
    names = ("n_goals", "probability", "exponent", "forgetting")
    factors = {name: np.array(column) for name, column in zip(names, zip(*cells, strict=True), strict=True)}

    def get(quantity: str, when: str, n_goals: float, cell: tuple[float, ...]) -> float:
        where = dict(zip(names[1:], cell[1:], strict=True))
        return study.value(quantity, part="family", when=when, n_goals=n_goals, **where)

    for when in ("first day", "last day"):
        happier = [get("mean", when, c[0], c) / get("mean", when, 1.0, c) - 1 for c in cells]
        note(study, "wins make the day happier", happier, factors, null=_NULL, when=when)
        softer = [1 - get("drop", when, c[0], c) / get("drop", when, 1.0, c) for c in cells]
        note(study, "wins soften the drop", softer, factors, null=_NULL, when=when)
    fades = [1 - get("mean", "last day", c[0], c) / get("mean", "first day", c[0], c) for c in cells]
    note(study, "happiness wears off", fades, factors, null=_NULL)


def _day(n_moments: int, pays: Floats) -> TableTask:
    """A day on which nothing can be done but to receive what comes."""
    state = np.arange(n_moments + 1)[:, None]
    tables = Tables(
        next_state=np.minimum(state + 1, n_moments)[None],
        outcome_probability=np.ones((1, 1, 1)),
        reward=np.append(pays, 0.0)[None, :, None],
        effort=np.zeros((1, 1, 1)),
        terminated=(state + 1 >= n_moments)[None],
        available=np.ones((1, 1), dtype=np.bool_),
    )
    return TableTask(tables, n_moments, np.eye(1, n_moments + 1)[0], 1)


def _mood(study: Study[Settings], settings: Settings) -> None:
    """What the day comes to be worth to a learner in whom mood colours rewards, over what it pays."""
    weight = np.array(settings.mood_weights)
    for n_goals in settings.goal_numbers:
        pays = np.zeros(settings.n_moments)
        pays[places(settings.n_moments, n_goals)] = settings.reward / n_goals
        learner = QLearner(learning_rate=settings.learning_rate, discount=1.0, trace_decay=1.0)
        moody = mechanisms.Mood(learner, weight=weight, learning_rate=0.1)
        history = simulate.run(
            moody, _day(settings.n_moments, pays), n_agents=len(weight), n_trials=settings.n_days, rng=0, record="all"
        )
        full = history.full
        assert full is not None
        value = full.delta[:, :, 0]
        for i, w in enumerate(settings.mood_weights):
            inflated = (value[i] - value[0]) / settings.reward
            numbers = {
                "worth on the last day": value[i, -1] / settings.reward,
                "inflated at most": inflated.max(),
                "inflated on the last day": inflated[-1],
            }
            study.add(numbers, part="mood", n_goals=float(n_goals), mood_weight=w)


def _draw(study: Study[Settings], settings: Settings) -> None:
    one, many = settings.goal_numbers[0], settings.goal_numbers[-1]
    chance, exponent, gamma = settings.probabilities[-1], settings.exponents[-1], settings.forgetting[1]
    moments = np.arange(settings.n_moments)
    for when, day in (("on the first day", 0), ("after practice", -1)):
        curves = {
            f"{n} win{'s' if n > 1 else ''}": course(settings, n, chance, exponent, gamma)[day] for n in (one, many)
        }
        names = list(curves)
        words = ("brings more happiness than", "brings less happiness than", "brings as much happiness as")
        title = titles.compare(names[0], names[1], *words, lead=f"{when} ")
        labels: Labels = {
            "xlabel": "moment of the day",
            "ylabel": "happiness (a.u.)",
            "limits": (0.0, 9.0),
            "exact": True,
        }
        study.draw(title, moments, curves, **labels)
    means = {
        f"exponent ρ = {rho:g}": [
            study.value("mean", when="last day", n_goals=float(n), probability=chance, exponent=rho, forgetting=gamma)
            for n in settings.goal_numbers
        ]
        for rho in settings.exponents
    }
    straight = list(means)[-1]
    title = titles.trend(f"happiness of a practised day, {straight},", "the number of wins", name=straight)
    study.draw(title, settings.goal_numbers, means, xlabel="wins a day", ylabel="mean happiness (a.u.)", exact=True)
    worth = {
        f"weight w = {w:g}": [
            study.value("inflated at most", n_goals=float(n), mood_weight=w) for n in settings.goal_numbers
        ]
        for w in settings.mood_weights
    }
    heaviest = list(worth)[-1]
    study.draw(
        titles.trend(f"what mood adds, {heaviest},", "the number of wins", name=heaviest),
        settings.goal_numbers,
        worth,
        xlabel="wins a day",
        ylabel="most added to worth (share of pay)",
        reference=0.0,
        exact=True,
    )


def _part(study: Study[Settings], finding: str, **where: str) -> str:
    share, low, high, back, n = (
        study.value(name, finding=finding, **where) for name in ("share", "low", "high", "reversed", "settings")
    )
    reverse = f", reversed in {back:.0%}" if back else ""
    return f"{share:.0%} ({low:.0%} to {high:.0%}) of {n:.0f} settings{reverse}"


def _say(study: Study[Settings], settings: Settings) -> None:
    name = "wins make the day happier"
    study.say(
        f"Paid in parts, the same reward makes a day happier by more than 2 % in "
        f"{_part(study, name, when='first day')} when it is new, and in {_part(study, name, when='last day')} once it "
        "is expected. Where utility is linear, the sum over all time is the same; what is left is when it comes.",
        f"Wins soften the drop after the last payment in {_part(study, 'wins soften the drop', when='last day')}.",
        f"Happiness wears off over {settings.n_days} days in {_part(study, 'happiness wears off')}: what is expected "
        f"weighs {WEIGHTS[1]:g}, what surprises {WEIGHTS[2]:g} (sizes provisional, from memory). Built in: the order "
        "of these weights.",
    )
    strong, one, many = settings.mood_weights[-1], settings.goal_numbers[0], settings.goal_numbers[-1]
    most = [study.value("inflated at most", n_goals=float(n), mood_weight=strong) for n in (one, many)]
    left = [study.value("inflated on the last day", n_goals=float(n), mood_weight=strong) for n in (one, many)]
    study.say(
        f"Where mood colours rewards (w = {strong:g}), a learner comes to value the day higher by up to {most[0]:.0%} "
        f"of its pay with {one} payment and {most[1]:.0%} with {many}, while surprises last; on day {settings.n_days} "
        f"{left[0]:.1%} and {left[1]:.1%} are left."
    )


def __dir__() -> list[str]:
    return __all__
