"""Adapting: learners with fixed and changing rates, and with moods, after reversals, against the ideal observer.

One of two arms pays with chance p, the other with 1 − p, and they change places with a hazard h at each
choice. The ideal observer knows p and h and is exact: as both arms tell the same, its best choice is the
arm that is more likely the good one. Learners with a fixed rate, with Pearce and Hall's, a Kalman filter,
a hierarchical filter and one whose moods colour rewards are judged by what they lose to it, and by how
long they go on with the arm that was good. That a higher rate adapts faster is built in; which learner
loses least, and where, is computed.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np

from rpe import mechanisms, simulate, tasks
from rpe._checks import Bools, Floats, Ints, KnowsItsKeywords, Seed, count, scalar
from rpe.agents import BinaryFilter, KalmanBandit, PearceHallLearner, TwoRateLearner
from rpe.experiments import titles
from rpe.experiments.intervals import standard_errors
from rpe.experiments.specifications import note
from rpe.experiments.study import Labels, Study, figures, sentences, table
from rpe.tasks import ChangingBandit, Step, Task

__all__ = ["LEARNERS", "IdealObserver", "Settings", "figures", "run", "sentences", "sessions", "table"]

LEARNERS = ("fixed rate", "Pearce-Hall", "Kalman", "hierarchical filter", "mood")
# Regret up to this size, per choice, counts as none; a sure mistake costs 2p − 1.
_NULL = 0.005
_AFTER = 15


class IdealObserver:
    """Ideal observer of two arms that change places: the exact probability that the first is the good one.

        b ← b ℓ₀ / (b ℓ₀ + (1 − b) ℓ₁),   b ← (1 − h) b + h (1 − b)

    with ℓ the likelihood of what came under each state of the world. It chooses the likelier arm.

    Parameters
    ----------
    probability : float
        p, of the good arm, in [0.5, 1]; the other has 1 − p.
    hazard : float
        h in [0, 1], of changing places at each choice.

    References
    ----------
    Behrens, T. E. J., Woolrich, M. W., Walton, M. E. & Rushworth, M. F. S. (2007). Learning the value of
    information in an uncertain world. Nature Neuroscience 10, 1214-1221. doi:10.1038/nn1954 (the setting)

    Examples
    --------
    >>> import numpy as np, rpe
    >>> observer = IdealObserver(0.8, 0.1)
    >>> history = rpe.simulate.run(observer, rpe.tasks.ChangingBandit([[1.0, 0.0]] * 3), rng=0, keep_memory=True)
    >>> bool(history.memory[0] > 0.85)
    True
    """

    n_agents = 1

    def __init__(self, probability: float, hazard: float) -> None:
        self.probability = scalar("probability", probability, 0.5, 1)
        self.hazard = scalar("hazard", hazard, 0, 1)

    def init(self, task: Task, n_agents: int) -> Floats:
        """Return the belief b (n,) before the first choice, one half."""
        return np.full(n_agents, 0.5)

    def policy(self, memory: Floats, state: Ints) -> Floats:
        """Return the choice probabilities (2, n): the likelier arm, or either."""
        first = np.where(np.isclose(memory, 0.5, atol=1e-12), 0.5, memory > 0.5)
        return np.stack([first, 1 - first])

    def update(self, memory: Floats, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Take in what came, in place, and that the arms may change places; return what surprised (n,)."""
        good = np.where((step.reward > 0) == (action == 0), self.probability, 1 - self.probability)
        chance = memory * good + (1 - memory) * (1 - good)
        now = np.where(chance > 0, memory * good / np.where(chance > 0, chance, 1.0), 0.5)
        moved = (1 - self.hazard) * now + self.hazard * (1 - now)
        surprise = moved - memory
        memory[...] = moved if active is None else np.where(active, moved, memory)
        return np.asarray(surprise)


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The family of worlds and learners.

    Parameters
    ----------
    hazards : tuple of float
        Family: chances h of a reversal, per choice.
    probabilities : tuple of float
        Family: probability p that the better arm pays, in (0.5, 1].
    rates : tuple of float
        Family: learning rates α per choice; the other learners have as many settings of their own parameter.
    temperatures : tuple of float
        Family: β, per reward unit.
    mood_weights : tuple of float
        Weights w of mood, around the learner with a fixed rate.
    n_sessions : int
        Sessions of each world.
    n_choices : int
        Choices in each session.
    n_agents : int
        Agents of each setting in each session.
    """

    hazards: tuple[float, ...] = (0.01, 0.04, 0.12)
    probabilities: tuple[float, ...] = (0.7, 0.9)
    rates: tuple[float, ...] = (0.1, 0.3, 0.6)
    temperatures: tuple[float, ...] = (4.0, 10.0)
    mood_weights: tuple[float, ...] = (-1.0, 1.0)
    n_sessions: int = 6
    n_choices: int = 200
    n_agents: int = 10

    def __post_init__(self) -> None:
        for name in ("hazards", "probabilities", "rates", "temperatures", "mood_weights"):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
        for name, low, high in (("hazards", 0, 0.5), ("probabilities", 0.5, 1), ("rates", 0, 1)):
            for level in getattr(self, name):
                scalar(name, level, low, high, open_low=True)
        for beta in self.temperatures:
            scalar("temperatures", beta, 0)
        for name in ("n_sessions", "n_agents"):
            count(name, getattr(self, name), 2)
        count("n_choices", self.n_choices, 2 * _AFTER)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(hazards=(0.02, 0.1), rates=(0.1, 0.5), temperatures=(6.0,), n_sessions=3, n_choices=120)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(hazards=(0.005, 0.01, 0.02, 0.04, 0.08, 0.16), n_sessions=40, n_choices=500)


def sessions(settings: Settings, hazard: float, probability: float, rng: np.random.Generator) -> list[ChangingBandit]:
    """Return sessions in which the arms change places by chance, at each choice after the first."""
    found = []
    for _ in range(settings.n_sessions):
        flips = rng.random(settings.n_choices) < hazard
        flips[0] = False
        second = (np.cumsum(flips) + rng.integers(2)) % 2
        good = np.where(second == 0, probability, 1 - probability)
        found.append(tasks.ChangingBandit(np.stack([good, 1 - good], axis=1)))
    return found


def _learner(settings: Settings, name: str) -> tuple[Any, list[dict[str, float]]]:
    """All settings of a learner at once, each for as many agents, and what tells them apart."""
    rates, betas = settings.rates, settings.temperatures
    moods = settings.mood_weights if name == "mood" else (0.0,)
    cells = list(product(rates, betas, moods))
    columns = [np.repeat(column, settings.n_agents) for column in zip(*cells, strict=True)]
    rate, beta, weight = columns
    shared: dict[str, Any] = {"initial_value": 0.5}
    if name in ("fixed rate", "mood"):
        plain = TwoRateLearner(positive_rate=rate, negative_rate=rate, inverse_temperature=beta, **shared)
        moody = mechanisms.Mood(plain, weight=weight, learning_rate=0.2, discount=0.0)
        agent: Any = moody if name == "mood" else plain
    elif name == "Pearce-Hall":
        agent = PearceHallLearner(learning_rate=0.8, associability_rate=rate, inverse_temperature=beta, **shared)
    elif name == "Kalman":
        # A drift of rate² · q settles at a gain near the rate; probit slopes are those of logits over 1.7.
        agent = KalmanBandit(
            value_weight=beta / 1.7,
            observation_variance=0.2,
            prior_variance=0.2,
            drift_variance=0.2 * rate**2,
            **shared,
        )
    else:
        agent = BinaryFilter(volatility=np.log(4.0 * rate**2), inverse_noise=beta / 4)
    known = [{"rate": a, "inverse_temperature": b, "mood_weight": w} for a, b, w in cells]
    return agent, known


def _judged(task: ChangingBandit, history: simulate.History) -> tuple[Floats, Floats]:
    """Regret per choice, and wrong choices among those after a reversal, (n_agents,) each; NaN without one."""
    full = history.full
    assert full is not None
    action, chance = full.action[:, 0], task.probabilities
    wrong = chance.argmax(axis=1) != action
    regret = (wrong * np.abs(chance[:, 0] - chance[:, 1])).mean(axis=1)
    flips = np.flatnonzero(np.diff(chance[:, 0])) + 1
    starts = [at for at in flips if at + _AFTER <= len(chance) and not ((flips > at) & (flips < at + _AFTER)).any()]
    if not starts:
        return regret, np.full(len(action), np.nan)
    return regret, np.mean([wrong[:, at : at + _AFTER].sum(axis=1) for at in starts], axis=0)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Let every learner and the ideal observer go through the same sessions of every world."""
    study = Study(settings)
    for_worlds, for_choices = np.random.default_rng(rng).spawn(2)
    judged: _Judged = {}
    for hazard, probability in product(settings.hazards, settings.probabilities):
        worlds = sessions(settings, hazard, probability, for_worlds)
        world = {"hazard": hazard, "probability": probability}
        own = judged["ideal observer", hazard, probability] = _sessions(
            worlds, IdealObserver(probability, hazard), 40, 1, for_choices
        )
        best = _means(*own)
        study.add({"regret": best[0][0], "lag": best[1][0]}, part="family", learner="ideal observer", **world)
        for name in LEARNERS:
            agent, cells = _learner(settings, name)
            own = _sessions(worlds, agent, settings.n_agents * len(cells), len(cells), for_choices)
            judged[name, hazard, probability] = own
            regret, lag = _means(*own)
            for i, cell in enumerate(cells):
                numbers = {"regret": regret[i], "lag": lag[i], "lost to the observer": regret[i] - best[0][0]}
                study.add(numbers, part="family", learner=name, **world, **cell)
    _shares(study, settings)
    _draw(study, settings, judged)
    _say(study, settings)
    return study


# Regret and lag in each session, (n_sessions, n_cells), by learner, hazard and probability.
_Judged = dict[tuple[str, float, float], tuple[Floats, Floats]]


def _sessions(
    worlds: list[ChangingBandit], agent: Any, n_agents: int, n_cells: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Mean regret and lag of each setting in each session, (n_sessions, n_cells); NaN without a reversal."""
    regrets, lags = [], []
    for task in worlds:
        history = simulate.run(agent, task, n_agents=n_agents, n_trials=1, rng=rng.integers(2**63), record="all")
        regret, lag = _judged(task, history)
        regrets.append(regret.reshape(n_cells, -1).mean(axis=1))
        lags.append(lag.reshape(n_cells, -1).mean(axis=1))
    return np.array(regrets), np.array(lags)


def _means(regret: Floats, lag: Floats) -> tuple[Floats, Floats]:
    """Mean regret and lag of each setting, (n_cells,)."""
    some = np.isfinite(lag[:, 0])
    return regret.mean(axis=0), lag[some].mean(axis=0) if some.any() else np.zeros(lag.shape[1])


def _around(mean: float, sessions: list[Floats]) -> Floats:
    """A mean over worlds less and plus one standard error over their sessions, (2,); sessions (n_sessions,) each."""
    half = [np.ptp(standard_errors(each)) / 2 for each in sessions if np.isfinite(each).any()]
    error = np.sqrt(np.sum(np.square(half))) / max(len(half), 1)
    return np.array([mean - error, mean + error])


def _columns(study: Study[Settings], learner: str) -> dict[str, Floats]:
    """Regret of a learner in the family, and what tells its settings apart."""
    rows = [row for row in study.rows if row.get("learner") == learner and row["quantity"] == "regret"]
    names = ("hazard", "probability", "rate", "inverse_temperature", "mood_weight", "value")
    return {name: np.array([row[name] for row in rows], dtype=np.float64) for name in names}


def _shares(study: Study[Settings], settings: Settings) -> None:
    """In what share of the family each learner beats the fixed rate of the same rate and noise."""
    fixed = _columns(study, "fixed rate")
    place = ("hazard", "probability", "rate", "inverse_temperature")
    base = {tuple(fixed[name][i] for name in place): fixed["value"][i] for i in range(len(fixed["value"]))}
    for learner in LEARNERS[1:]:
        mine = _columns(study, learner)
        signs = (1, -1) if learner == "mood" else (0,)
        for sign in signs:
            some = np.flatnonzero(np.sign(mine["mood_weight"]) == sign)
            if not some.size:
                continue
            less = [base[tuple(mine[name][i] for name in place)] - mine["value"][i] for i in some]
            factors = {name: mine[name][some] for name in place}
            who = {1: "mood that lifts", -1: "mood that dampens", 0: learner}[sign]
            note(study, "loses less than a fixed rate", less, factors, null=_NULL, learner=who)


def _best_rate(study: Study[Settings], hazard: float) -> float:
    fixed = _columns(study, "fixed rate")
    rates = np.unique(fixed["rate"])
    here = fixed["hazard"] == hazard
    return float(rates[np.argmin([fixed["value"][here & (fixed["rate"] == rate)].mean() for rate in rates])])


def _draw(study: Study[Settings], settings: Settings, judged: _Judged) -> None:
    """Draw means over settings, with the standard error over sessions, as all settings share these."""
    everyone = ("ideal observer", *LEARNERS)
    curves = {
        probability: {
            name: [
                study.values("regret", part="family", learner=name, hazard=h, probability=probability).mean()
                for h in settings.hazards
            ]
            for name in everyone
        }
        for probability in settings.probabilities[:2]
    }
    most = 1.05 * max(max(regret) for each in curves.values() for regret in each.values())
    regret = "regret per choice (± SE over sessions)"
    labels: Labels = {"xlabel": "hazard (reversals per choice)", "ylabel": regret, "limits": (0.0, most)}
    for probability, regrets in curves.items():
        labels["band"] = {
            name: np.transpose(
                [
                    _around(mean, [judged[name, h, probability][0].mean(axis=1)])
                    for mean, h in zip(regrets[name], settings.hazards, strict=True)
                ]
            )
            for name in everyone
        }
        study.draw(titles.ranked(f"regret at p = {probability:g}", by="with"), settings.hazards, regrets, **labels)
    _draw_rates(study, settings, judged, regret)
    _draw_lags(study, judged, everyone)


def _draw_rates(study: Study[Settings], settings: Settings, judged: _Judged, ylabel: str) -> None:
    at_rate = np.array([cell["rate"] for cell in _learner(settings, "fixed rate")[1]])
    rates = {
        f"hazard {hazard:g}": [
            study.values("regret", part="family", learner="fixed rate", hazard=hazard, rate=rate).mean()
            for rate in settings.rates
        ]
        for hazard in settings.hazards
    }
    bands = {
        f"hazard {hazard:g}": np.transpose(
            [
                _around(mean, [own[0][:, at_rate == rate].mean(axis=1) for own in worlds])
                for mean, rate in zip(rates[f"hazard {hazard:g}"], settings.rates, strict=True)
            ]
        )
        for hazard in settings.hazards
        for worlds in [[judged["fixed rate", hazard, p] for p in settings.probabilities]]
    }
    first = f"hazard {settings.hazards[0]:g}"
    title = titles.trend(f"regret at a hazard of {settings.hazards[0]:g}", "the learning rate", name=first)
    study.draw(title, settings.rates, rates, xlabel="learning rate", ylabel=ylabel, band=bands)


def _draw_lags(study: Study[Settings], judged: _Judged, everyone: tuple[str, ...]) -> None:
    lags = [float(study.values("lag", learner=name).mean()) for name in everyone]
    band = [
        _around(mean, [own[1].mean(axis=1) for (who, _, _), own in judged.items() if who == name])
        for name, mean in zip(everyone, lags, strict=True)
    ]
    names = ["ideal observer", "fixed rate", "Pearce-Hall", "Kalman", "hierarchical", "mood"]
    title = titles.ranked("the number of errors after a reversal", by="with", name="lag")
    ylabel = f"wrong choices of {_AFTER} (± SE over sessions)"
    study.draw(title, names, {"lag": lags}, ylabel=ylabel, band={"lag": np.transpose(band)})


def _part(study: Study[Settings], learner: str) -> str:
    share, low, high, back, n = (
        study.value(name, part="share", learner=learner) for name in ("share", "low", "high", "reversed", "settings")
    )
    return f"{share:.0%} ({low:.0%} to {high:.0%}) of {n:.0f} settings, reversed in {back:.0%}"


def _say(study: Study[Settings], settings: Settings) -> None:
    observer = study.values("regret", learner="ideal observer").mean()
    means = {name: study.values("regret", part="family", learner=name).mean() for name in LEARNERS}
    listed = ", ".join(f"{name} {value:.3f}" for name, value in sorted(means.items(), key=lambda each: each[1]))
    study.say(
        f"The ideal observer loses {observer:.3f} per choice to who knows the better arm; learners lose, on average "
        f"over their settings, {listed}.",
    )
    adaptive = [name for name in LEARNERS[1:] if name != "mood"]
    parts = [f"{name} in {_part(study, name)}" for name in adaptive]
    study.say(f"Against a fixed rate of the same size and noise, less is lost by {'; by '.join(parts)}.")
    best = [_best_rate(study, hazard) for hazard in settings.hazards]
    study.say(
        f"The best fixed rate goes from {best[0]:g} at a hazard of {settings.hazards[0]:g} to {best[-1]:g} at "
        f"{settings.hazards[-1]:g}. Built in: that a higher rate follows faster and averages less."
    )
    moods = [row["learner"] for row in study.rows if row.get("part") == "share" and row["quantity"] == "share"]
    told = [f"{name} loses less in {_part(study, str(name))}" for name in moods if str(name).startswith("mood")]
    study.say(f"Around the same learner a {'; a '.join(told)}.")
    wrong = {name: study.values("lag", learner=name).mean() for name in ("ideal observer", *LEARNERS)}
    listed = ", ".join(f"{name} {value:.1f}" for name, value in wrong.items())
    study.say(f"Of the {_AFTER} choices after a reversal so many are wrong: {listed}.")


def __dir__() -> list[str]:
    return __all__
