"""Prediction errors of split rewards: whether frequent wins give a steady drip of them.

A chain of states pays one reward at its end, or the same budget in several parts. In TD the sum of the
errors is tied to the return by an identity, so the question is where the errors fall, how fast they
are learned away, and what uncertainty leaves of them. Other theories of dopamine are run on the same
streams of wins.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from matplotlib.figure import Figure

from rpe import plots, td
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, generator, scalar
from rpe._shown import few
from rpe.experiments import expected_wins
from rpe.experiments.intervals import spread_interval, standard_errors
from rpe.experiments.tidy import tidy
from rpe.table import Table

__all__ = ["Result", "Settings", "chain", "figures", "payouts", "run", "sentences", "table"]

_COLUMNS = ("part", "n_wins", "trace_decay", "probability", "quantity", "value")


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """What is learned.

    Parameters
    ----------
    n_steps : int
        Steps of the chain from its start to the last reward.
    n_trials : int
        Trials.
    learning_rate : float
        α, per step.
    discount : float
        γ, per step.
    traces : tuple of float
        Trace decay λ of the learners, in [0, 1].
    wins : tuple of int
        Into how many equal parts the budget of 1 is split; each divides the steps.
    probabilities : tuple of float
        Chance of each win, whose size is such that the expected budget stays 1.
    n_agents : int
        Learners of uncertain wins.
    n_random : int
        Random chains on which the identity is checked.
    probability : float
        Family of theories: chance of each win where wins are uncertain.
    n_repetitions : int
        Trials of the family of theories.
    learning_rates : tuple of float
        Family of theories: α of TD and semi-Markov TD, per step; ANCCR learns with a fifth of it.
    discounts : tuple of float
        Family of theories: γ of TD and semi-Markov TD, per step.
    kept : tuple of float
        κ₁ of value decay: share of a value that is left after a trial.
    base_rate_ratios : tuple of float
        Ratio k of ANCCR: the base rate learns with k α.
    time_between_trials : float
        From the end of a trial to the next, s, with steps of 1 s.
    """

    n_steps: int = 10
    n_trials: int = 3000
    learning_rate: float = 0.1
    discount: float = 0.98
    traces: tuple[float, ...] = (0.0, 0.5, 0.9)
    wins: tuple[int, ...] = (1, 2, 5, 10)
    probabilities: tuple[float, ...] = (1.0, 0.9, 0.7, 0.5, 0.3, 0.1)
    n_agents: int = 64
    n_random: int = 100
    probability: float = 0.5
    n_repetitions: int = 500
    learning_rates: tuple[float, ...] = (0.05, 0.1)
    discounts: tuple[float, ...] = (0.95, 1.0)
    kept: tuple[float, ...] = (0.6, 0.9)
    base_rate_ratios: tuple[float, ...] = (0.01, 1.0)
    time_between_trials: float = 30.0

    def __post_init__(self) -> None:
        for name in ("n_steps", "n_trials", "n_agents", "n_random"):
            count(name, getattr(self, name), 2)
        count("n_repetitions", self.n_repetitions, 20)
        scalar("probability", self.probability, 0.05, 1)
        scalar("time_between_trials", self.time_between_trials, 0)
        scalar("learning_rate", self.learning_rate, 0, 1)
        scalar("discount", self.discount, 0, 1)
        lowest = {"traces": 0.0, "probabilities": 0.01, "learning_rates": 0.0, "discounts": 0.0, "kept": 0.0}
        for name, low in lowest.items():
            for value in getattr(self, name):
                scalar(name, value, low, 1)
        for ratio in self.base_rate_ratios:
            scalar("base_rate_ratios", ratio, 0)
        for name in ("learning_rates", "discounts", "kept", "base_rate_ratios"):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
        for n in self.wins:
            if self.n_steps % count("wins", n):
                raise ValueError(f"wins must divide n_steps = {self.n_steps}; got {n}")
        if not self.traces or len(self.wins) < 2 or min(self.wins) != 1:
            raise ValueError(f"traces must not be empty, and wins must hold 1 and another number; got {self.wins}")

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(n_trials=1500, n_agents=32, n_random=30, n_repetitions=300, learning_rates=(0.1,), wins=(1, 5, 10))

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(
            n_trials=6000,
            n_agents=512,
            n_random=1000,
            n_repetitions=1500,
            learning_rates=(0.02, 0.05, 0.1),
            discounts=(0.9, 0.95, 0.98, 1.0),
            kept=(0.4, 0.6, 0.9),
        )


@dataclass(frozen=True)
class Result:
    """Errors of every chain.

    Attributes
    ----------
    settings : Settings
    certain : dict
        Errors (n_trials, n_steps + 1) by (number of wins, λ).
    uncertain : dict
        Standard deviation and mean of late errors at wins, by probability, and what p(1 − p) says.
    identity : float
        Largest violation of Σγᵗδ = Σγᵗr − γV(s₀), with V before the trial, over random chains and trials.
    around : dict
        Intervals (2,) of the standard deviation and mean of late errors over agents (95 %), by probability.
    theories : list of dict
        One row a setting of the family of theories: factors, and late errors at wins as a share of a win.
    """

    settings: Settings
    certain: dict[tuple[int, float], Floats]
    uncertain: dict[float, dict[str, float]]
    around: dict[float, dict[str, Floats]]
    identity: float
    theories: list[dict[str, Any]]

    def start(self, n_wins: int, trace: float) -> Floats:
        """Error at the start of the chain, trial by trial, (n_trials,)."""
        return self.certain[n_wins, trace][:, 0]

    def half(self, n_wins: int, trace: float) -> int:
        """The first trial in which the error at the start has half its final size."""
        start = self.start(n_wins, trace)
        return int(np.argmax(start >= start[-1] / 2))


def payouts(settings: Settings, n_wins: int, size: float = 1.0) -> Floats:
    """Reward on arriving at each of n_steps + 1 moments: `n_wins` equal parts of a budget."""
    reward = np.zeros(settings.n_steps + 1)
    reward[settings.n_steps // n_wins :: settings.n_steps // n_wins] = size / n_wins
    return reward


def chain(settings: Settings) -> Floats:
    """One feature for each state but the end, (n_steps + 1, n_steps)."""
    return np.eye(settings.n_steps + 1, settings.n_steps)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Result:
    """Learn all chains, then run the family of theories."""
    for_outcomes, for_identity, for_theories = generator(rng).spawn(3)
    certain: dict[tuple[int, float], Floats] = {}
    for n_wins in settings.wins:
        reward = np.tile(payouts(settings, n_wins), (settings.n_trials, 1))
        learned = td.learn(chain(settings), reward, **_rule(settings, np.array(settings.traces)))
        certain |= {(n_wins, trace): learned.delta[i] for i, trace in enumerate(settings.traces)}
    found = {p: _uncertain(settings, p, for_outcomes) for p in settings.probabilities}
    uncertain, around = {p: each[0] for p, each in found.items()}, {p: each[1] for p, each in found.items()}
    family = expected_wins.solve(settings, for_theories, n_jobs)
    return Result(settings, certain, uncertain, around, _identity(settings, for_identity), family)


def _rule(settings: Settings, trace: Any) -> dict[str, Any]:
    return {"learning_rate": settings.learning_rate, "discount": settings.discount, "trace_decay": trace}


def _uncertain(settings: Settings, p: float, rng: np.random.Generator) -> tuple[dict[str, float], dict[str, Floats]]:
    """Late errors at wins that come with probability p, and intervals over agents."""
    most = max(settings.wins)
    sure = payouts(settings, most)
    paid = rng.random((settings.n_agents, settings.n_trials, settings.n_steps + 1)) < p
    learned = td.learn(chain(settings), paid * sure / p, **_rule(settings, settings.traces[0]), record="all")
    late = learned.delta[:, settings.n_trials // 2 :][..., sure > 0]
    found = {
        "deviation": float(late.std()),
        "expected": float(np.sqrt(p * (1 - p)) * sure.max() / p),
        "mean": float(late.mean()),
    }
    own = late.reshape(len(late), -1).mean(axis=1)
    mean = own.mean() + 1.96 * (standard_errors(own) - own.mean())
    return found, {"deviation": spread_interval(late, np.ones(late.shape, dtype=np.bool_)), "mean": mean}


def _identity(settings: Settings, rng: np.random.Generator) -> float:
    """The largest violation of the identity over random rewards, discounts and trials, within a trial's own values.

    The errors of a trial telescope only with the values that the trial began with, so weights are
    held still within the trial.
    """
    worst = 0.0
    for _ in range(settings.n_random):
        reward, discount = rng.normal(size=(1, settings.n_steps + 1)), rng.uniform(0, 1)
        start = rng.normal(size=settings.n_steps)
        learned = td.learn(chain(settings), reward, discount=discount, initial_weights=start, learning=False)
        weight = discount ** np.arange(settings.n_steps + 1)
        before_any = discount * start[0] + reward[0, 0]
        told = (weight[1:] * learned.delta[0, 0, 1:]).sum() / discount if discount else 0.0
        owed = (weight[1:] * reward[0, 1:]).sum() / discount - start[0] if discount else 0.0
        worst = max(worst, abs(told - owed), abs(learned.delta[0, 0, 0] - before_any))
    return worst


def table(result: Result) -> Table:
    """Return the tidy table: one quantity per row."""
    rows: list[tuple[Any, ...]] = []
    for (n_wins, trace), delta in result.certain.items():
        inner = np.abs(delta[-1, 1:]).max()
        rows += [
            ("certain", n_wins, trace, 1.0, "error at the start, last trial", delta[-1, 0]),
            ("certain", n_wins, trace, 1.0, "largest later error, last trial", inner),
            ("certain", n_wins, trace, 1.0, "largest later error, first trial", np.abs(delta[0, 1:]).max()),
            (
                "certain",
                n_wins,
                trace,
                1.0,
                "trials to half of the final error at the start",
                result.half(n_wins, trace),
            ),
        ]
    most = max(result.settings.wins)
    for p, found in result.uncertain.items():
        rows += [("uncertain", most, result.settings.traces[0], p, name, value) for name, value in found.items()]
    rows.append(("identity", 0, float("nan"), float("nan"), "largest violation", result.identity))
    chains = [dict(zip(_COLUMNS, (*factors, float(value)), strict=True)) for *factors, value in rows]
    return tidy([*chains, *expected_wins.rows(result.theories)])


def sentences(result: Result) -> list[str]:
    """Return what the experiment showed."""
    return [
        _conserved(result),
        _drip(result),
        _sooner(result),
        *_speed(result),
        _uncertainty(result),
        *expected_wins.sentences(result.settings, result.theories),
    ]


def _conserved(result: Result) -> str:
    exactly = "up to rounding" if result.identity < 1e-9 else f"to within {few(result.identity)}"
    return (
        f"On {result.settings.n_random} random chains the discounted errors of a trial add up to its return less the "
        f"value that was expected at its start, {exactly}: splitting a reward "
        "creates no extra error."
    )


def _drip(result: Result) -> str:
    most, trace = max(result.settings.wins), result.settings.traces[0]
    first, last = (np.abs(result.certain[most, trace][i, 1:]).mean() for i in (0, -1))
    share = last / first
    verdict = (
        "the drip dries up as the wins become expected" if share < 0.05 else "a drip of errors remains at expected wins"
    )
    return (
        f"With {most} certain wins the mean error after the start is {first:.3f} in the first trial and {few(last)} "
        f"after {result.settings.n_trials} ({share:.1%}): {verdict}. What is left is the error at the start."
    )


def _sooner(result: Result) -> str:
    trace, most = result.settings.traces[0], max(result.settings.wins)
    one, split = (result.start(n, trace)[-1] for n in (1, most))
    settings = result.settings
    return (
        f"The error at the start ends at {one:.3f} with one reward and at {split:.3f} with {most} wins; as the budget "
        f"is the same, the difference is that its parts come sooner (γ = {settings.discount:g} per step)."
    )


def _speed(result: Result) -> list[str]:
    lines, most = [], max(result.settings.wins)
    for trace in (result.settings.traces[0], result.settings.traces[-1]):
        one, split = result.half(1, trace), result.half(most, trace)
        change = "faster" if split < one else "slower" if split > one else "as fast"
        lines.append(
            f"At λ = {trace:g} the start reaches half its final error after {one} trials with one reward and {split} "
            f"with {most} wins: {change}."
        )
    return lines


def _uncertainty(result: Result) -> str:
    p = min(result.uncertain, key=lambda p: abs(p - 0.5))
    found = result.uncertain[p]
    share = abs(found["mean"]) / found["deviation"] if found["deviation"] else 0.0
    centred = "zero on average" if share < 0.05 else f"off zero by {found['mean']:.3f} on average"
    return (
        f"Wins that come with p = {p:g} go on giving errors (standard deviation {found['deviation']:.3f}; the spread "
        f"of the reward itself is {found['expected']:.3f}), but they are {centred}: as many dips as bursts, in "
        "all. Keeping wins unpredictable is the schedule of a gambling machine."
    )


def figures(result: Result) -> dict[str, Figure]:
    """Return the figure: where errors fall, how fast they are learned, and what uncertainty leaves."""
    settings, most = result.settings, max(result.settings.wins)
    trials = np.arange(settings.n_trials) + 1
    arms = ["one reward", f"{most} wins"]
    with plots.style():
        figure, axes = plots.page(5)
        for ax, when, word in ((axes[0], 0, "a"), (axes[1], -1, "b")):
            errors = np.stack([result.certain[n, settings.traces[0]][when] for n in (1, most)])
            plots.responses(
                np.arange(settings.n_steps + 1),
                errors,
                labels=arms,
                xlabel="step (0: start; last: goal)",
                ylabel="prediction error (of the budget)",
                colors=plots.colours_of(arms),
                ax=ax,
            )
            ax.set_ylim(-0.05, 1.05)
            held = [n for n, error in enumerate(errors[1, 1:], 1) if abs(error) > 0.05 / most]
            lead = "In the first trial" if when == 0 else f"After {settings.n_trials} trials"
            plots.heading(ax, f"{lead} {len(held)} of {most} wins surprise", letter=word)
        kept = np.unique(np.geomspace(1, settings.n_trials, 60).astype(int)) - 1
        curves = [(n, trace) for n in (1, most) for trace in (settings.traces[0], settings.traces[-1])]
        names = [f"{'one reward' if n == 1 else f'{n} wins'}, λ = {trace:g}" for n, trace in curves]
        plots.responses(
            trials[kept],
            np.stack([result.start(n, trace)[kept] for n, trace in curves]),
            labels=names,
            xlabel="trial",
            ylabel="error at the start (of the budget)",
            log=True,
            colors=plots.colours_of(names),
            ax=axes[2],
        )
        one, many = (result.half(n, settings.traces[0]) for n in (1, most))
        word = "sooner" if many < one else "later" if many > one else "as soon"
        against = f"trial {many} against {one}"
        plots.heading(
            axes[2], f"The start is learned {word} with {most} wins ({against}, λ = {settings.traces[0]:g})", letter="c"
        )
        p = np.array(sorted(result.uncertain))
        left = {name: np.array([result.uncertain[x][name] for x in p]) for name in ("deviation", "mean")}
        words = ["standard deviation", "mean"]
        plots.responses(
            p,
            np.stack(list(left.values())),
            band=np.array([[result.around[x][name] for x in p] for name in left]).transpose(2, 0, 1),
            labels=words,
            xlabel="probability of each win",
            ylabel="late error at wins\n(of the budget, 95 % interval)",
            colors=plots.colours_of(words),
            ax=axes[3],
        )
        most_left = float(left["deviation"].max())
        goes = "go on surprising" if most_left > 0.05 / most else "surprise no more"
        centred = "but not on average" if abs(left["mean"]).max() < 0.1 * most_left else "also on average"
        plots.heading(
            axes[3],
            f"Uncertain wins {goes}, {centred}" if most_left > 0.05 / most else f"Uncertain wins {goes}",
            letter="d",
        )
        expected_wins.draw(result.theories, axes[4])
    return {"": figure}


def __dir__() -> list[str]:
    return __all__
