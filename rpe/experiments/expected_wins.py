"""Errors at expected wins over a family of theories of dopamine, all on the same streams of events."""

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from rpe._checks import Floats
from rpe._parallel import Cell, evaluate
from rpe.experiments.shares import share
from rpe.schedules import Schedule
from rpe.theories import ANCCR, TD, SemiMarkovTD, Theory, ValueDecayTD

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["CUES", "FACTORS", "LEAST", "Family", "Stream", "draw", "rows", "sentences", "solve", "stream", "theories"]

CUES = ("start", "every step")
FACTORS = ("theory", "learning_rate", "discount", "kept", "base_rate_ratio", "cues", "n_wins", "probability")
LEAST = 0.05
"""Mean late errors up to this share of a win count as none, and so do those within two standard errors of it."""
# Published rates of ANCCR are about a fifth of those of TD; it learns an event, not a step.
_SLOWER = 5


class Family(Protocol):
    """What the family is made of: part of the settings of `micro_win_errors`."""

    @property
    def n_steps(self) -> int:
        """Steps from the cue to the goal."""

    @property
    def wins(self) -> tuple[int, ...]:
        """Numbers of wins."""

    @property
    def probability(self) -> float:
        """Of each win, where wins are uncertain."""

    @property
    def n_repetitions(self) -> int:
        """Trials."""

    @property
    def learning_rates(self) -> tuple[float, ...]:
        """α."""

    @property
    def discounts(self) -> tuple[float, ...]:
        """γ per step."""

    @property
    def kept(self) -> tuple[float, ...]:
        """κ₁ of value decay."""

    @property
    def base_rate_ratios(self) -> tuple[float, ...]:
        """Base rate ratio k of ANCCR."""

    @property
    def time_between_trials(self) -> float:
        """In s."""


class Stream(NamedTuple):
    """What happens in a run of trials, and where the wins are.

    Attributes
    ----------
    schedule : Schedule
        Steps of 1 s from the cue at step 0 on.
    due : int array (n_wins,)
        Steps in which a win is due.
    size : float
        What each win pays, in budgets.
    """

    schedule: Schedule
    due: Any
    size: float


def stream(settings: Family, cues: str, n_wins: int, probability: float, rng: np.random.Generator) -> Stream:
    """Return trials with `n_wins` equal wins that come with a probability, after one cue or after a cue per step.

    The expected budget is 1. Where nothing tells the steps apart but time, only the first step has a cue.
    """
    n_trials, n_steps = settings.n_repetitions, settings.n_steps
    due = np.arange(1, n_wins + 1) * (n_steps // n_wins)
    size = 1.0 / (n_wins * probability)
    reward = np.zeros((n_trials, n_steps + 2))
    reward[:, due] = size * (rng.random((n_trials, n_wins)) < probability)
    n_cues = 1 if cues == CUES[0] else n_steps
    level = np.zeros((*reward.shape, n_cues))
    level[:, np.arange(n_cues), np.arange(n_cues)] = 1.0
    zero, names = np.zeros(n_trials, dtype=np.int64), tuple(f"step {i}" for i in range(n_cues))
    gap, never = np.full(n_trials, settings.time_between_trials), np.full(n_trials, np.nan)
    learning = np.ones(reward.shape, dtype=np.bool_)
    pulse = np.zeros(reward.shape)
    return Stream(
        Schedule(names, 1.0, level, reward, pulse, gap, zero, ("wins",), zero, ("training",), learning, never),
        due,
        size,
    )


def theories(settings: Family) -> dict[str, tuple[Theory, list[dict[str, float]]]]:
    """Return the theories by name, each with the parameters of all its agents."""
    rates = settings.learning_rates
    timed = [{"learning_rate": a, "discount": g} for a, g in product(rates, settings.discounts)]
    forgets = [{"learning_rate": a, "kept": k} for a, k in product(rates, settings.kept)]
    causes = [
        {"learning_rate": a / _SLOWER, "base_rate_ratio": k} for a, k in product(rates, settings.base_rate_ratios)
    ]
    return {
        "TD(0)": (TD(**_arrays(timed), trace_decay=0.0, step=None), timed),
        "TD(λ)": (TD(**_arrays(timed), trace_decay=0.9, step=None), timed),
        "value decay": (ValueDecayTD(**_arrays(forgets)), forgets),
        "ANCCR": (ANCCR(**_arrays(causes)), causes),
        "semi-Markov": (SemiMarkovTD(**_arrays(timed)), timed),
    }


def _arrays(agents: list[dict[str, float]]) -> dict[str, Any]:
    return {name: np.array([each[name] for each in agents]) for name in agents[0]}


def solve(settings: Family, rng: np.random.Generator, n_jobs: int = 1) -> list[dict[str, Any]]:
    """Return one row a setting: its factors, and late errors at wins as a share of a win.

    `mean` is over all wins that are due, paid or not; `least` is at the win with the smallest mean error, `last` at
    the goal; `paid` is over wins that were paid; `standard error` is that of `mean`, over trials. Late is the last
    fifth of the trials.
    """
    places = list(product(CUES, settings.wins, dict.fromkeys((1.0, settings.probability))))
    seeds = rng.spawn(len(places))
    cells = [Cell(place, _place, (settings, *place, seed)) for place, seed in zip(places, seeds, strict=True)]
    return [row for rows in evaluate(cells, n_jobs=n_jobs).values() for row in rows]


def _place(
    settings: Family, cues: str, n_wins: int, probability: float, rng: np.random.Generator
) -> list[dict[str, Any]]:
    for_wins, for_theories = rng.spawn(2)
    own, rows = stream(settings, cues, n_wins, probability, for_wins), []
    where = {"cues": cues, "n_wins": float(n_wins), "probability": probability}
    for name, (theory, agents) in theories(settings).items():
        delta = theory.learn(own.schedule, for_theories).delta
        rows += [
            {"theory": name, **agent, **where, **_late(errors, own)}
            for agent, errors in zip(agents, delta, strict=True)
        ]
    return rows


def _late(delta: Floats, own: Stream) -> dict[str, float]:
    """Late errors of one agent (n_trials, n_steps) at the wins, as a share of a win."""
    late = slice(-max(1, len(delta) // 5), None)
    errors = np.nan_to_num(delta[late][:, own.due]) / own.size
    paid = own.schedule.reward[late][:, own.due] > 0
    by_win = errors.mean(axis=0)
    return {
        "mean": float(errors.mean()),
        "standard error": float(errors.mean(axis=1).std() / np.sqrt(len(errors))),
        "least": float(by_win.min()),
        "last": float(by_win[-1]),
        "paid": float(errors[paid].mean()) if paid.any() else float("nan"),
        "first trial": float(np.nan_to_num(delta[0, own.due[-1]]) / own.size),
    }


def rows(family: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one row a quantity of each setting."""
    return [
        {"part": "theories", **{name: row[name] for name in FACTORS if name in row}, "quantity": name, "value": x}
        for row in family
        for name, x in row.items()
        if name not in FACTORS
    ]


def sentences(settings: Family, family: list[dict[str, Any]]) -> list[str]:
    """Return in which theories wins that were repeated many times keep errors, certain and uncertain ones."""
    return [_sentence(settings, family, word) for word in ("certain", "uncertain")]


def _sentence(settings: Family, family: list[dict[str, Any]], word: str) -> str:
    text = []
    for theory in dict.fromkeys(row["theory"] for row in family):
        own = _chosen(family, word, theory)
        found = share([row["mean"] - 2 * row["standard error"] > LEAST for row in own], {})
        medians = [float(np.median([row["mean"] for row in own if row["cues"] == cues])) for cues in CUES]
        text.append(f"{theory} in {found.holds} of {found.n} ({medians[0]:.2f} and {medians[1]:.2f} of a win)")
    return (
        f"After {settings.n_repetitions} repetitions {word} wins keep a mean error above {LEAST:.0%} of a win in "
        f"{'; '.join(text)} (medians with one cue at the start, and with a cue at every step)."
    )


def _chosen(family: list[dict[str, Any]], word: str, theory: str) -> list[dict[str, Any]]:
    return [row for row in family if row["theory"] == theory and (row["probability"] == 1.0) == (word == "certain")]


def draw(family: list[dict[str, Any]], ax: "Axes") -> None:
    """Draw the median late error at wins, by theory."""
    from rpe import plots

    names, medians = list(dict.fromkeys(row["theory"] for row in family)), {}
    for cues, word in product(CUES, ("certain", "uncertain")):
        own = [[row["mean"] for row in _chosen(family, word, name) if row["cues"] == cues] for name in names]
        medians[f"{word}, cue at {'the start' if cues == CUES[0] else cues}"] = [float(np.median(x)) for x in own]
    plots.bars(
        names,
        np.array(list(medians.values())),
        labels=list(medians),
        ylabel="late error (of a win, median)",
        colors=plots.colours_of(list(medians)),
        ax=ax,
    )
    certain = next(iter(medians.values()))
    keep = [name for name, error in zip(names, certain, strict=True) if error > LEAST]
    words = f"surprise only under {', '.join(keep)}" if keep else "surprise under no theory"
    plots.heading(ax, f"Certain wins that were repeated many times {words}", letter="e")


def __dir__() -> list[str]:
    return __all__
