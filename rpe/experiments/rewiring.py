"""Rewiring by wins: whether every micro win changes corticostriatal weights, and what is left once pay ends.

A corticostriatal actor learns a task from nanomolar: dopamine within an eligibility window changes D1
and D2 weights. It is trained with pay, without pay, with dopamine that comes too late, and with none;
the exact solution of the task is its referee. Weights are read between trials, so that what a win
changes at first stands beside what it changes when it is practised; then pay ends.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np

from rpe import measures, simulate, tasks
from rpe._checks import Floats, Seed, count, generator, scalar
from rpe._parallel import Cell, Progress, evaluate
from rpe.agents import CorticostriatalActor, Planner
from rpe.discounting import Exponential
from rpe.experiments import titles
from rpe.experiments.study import Labels, Study, figures, sentences, table

__all__ = ["ARMS", "Settings", "figures", "run", "sentences", "table"]

ARMS = ("with pay", "without pay", "dopamine too late", "no dopamine")
_LATE = 5.0


@dataclass(frozen=True)
class Settings:
    """What is trained.

    Parameters
    ----------
    n_units : int
        Units of work.
    deadline : int
        Steps that there are.
    reward : float
        Pay for all units, reward units.
    goal_numbers : tuple of int
        Family: into how many wins the pay is split.
    rates : tuple of float
        Family: learning rate α of the D1 and D2 weights, in [0, 0.5].
    n_agents : int
        Actors of each setting.
    n_trials : int
        Trials of training.
    n_unpaid : int
        Trials after pay has ended.
    """

    n_units: int = 6
    deadline: int = 14
    reward: float = 30.0
    goal_numbers: tuple[int, ...] = (1, 3, 6)
    rates: tuple[float, ...] = (0.05, 0.1, 0.2)
    n_agents: int = 64
    n_trials: int = 600
    n_unpaid: int = 100

    def __post_init__(self) -> None:
        for name in ("n_units", "deadline", "n_agents"):
            count(name, getattr(self, name), 2)
        count("n_trials", self.n_trials, 20)
        count("n_unpaid", self.n_unpaid, 10)
        scalar("reward", self.reward, 0, open_low=True)
        if not self.goal_numbers or not self.rates:
            raise ValueError(f"goal_numbers and rates must not be empty; got {self.goal_numbers} and {self.rates}")
        for n in self.goal_numbers:
            count("goal_numbers", n, 1, self.n_units)
        for rate in self.rates:
            scalar("rates", rate, 0, 0.5, open_low=True)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(goal_numbers=(1, 3), rates=(0.1,), n_agents=32, n_trials=400, n_unpaid=50)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(rates=(0.02, 0.05, 0.1, 0.2, 0.4), goal_numbers=(1, 2, 3, 6), n_agents=256, n_trials=2000)


class _Trained(NamedTuple):
    """What one arm came to.

    Attributes
    ----------
    change : float array (n_stages,)
        Mean |change| of the D1 weights of work, a trial and agent, in each stage of training.
    gained : float
        Share of what lies between choosing evenly and the optimum, in the last fifth of training.
    worked, unpaid_first, unpaid_last : float
        Share of steps that are worked: at the end of training, just after pay ended, and long after.
    low, high : float
        95 % interval over agents of `gained`.
    """

    change: Floats
    gained: float
    low: float
    high: float
    worked: float
    unpaid_first: float
    unpaid_last: float


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Train every arm in every setting of the family; the result does not depend on `n_jobs`."""
    keys = [(arm, n, rate) for n in settings.goal_numbers for rate in settings.rates for arm in ARMS]
    streams = generator(rng).spawn(len(keys))
    cells = [Cell(key, _train, (settings, *key, own)) for key, own in zip(keys, streams, strict=True)]
    with Progress(len(cells), show=progress, label="rewiring") as bar:
        found = evaluate(cells, n_jobs=n_jobs, done=bar.update)
    study = Study(settings)
    for arm, n, rate in keys:
        trained: _Trained = found[arm, n, rate]
        key: dict[str, Any] = {"arm": arm, "n_goals": n, "rate": rate}
        numbers = {name: value for name, value in trained._asdict().items() if name != "change"}
        study.add({_NAMES.get(name, name): value for name, value in numbers.items()}, part="training", **key)
        for trial, change in zip(_stages(settings), trained.change, strict=True):
            study.add({"weight change per trial": change}, part="weights", trial=trial, **key)
    _say(study)
    _draw(study)
    return study


_NAMES = {
    "gained": "share of the optimum gained",
    "worked": "share of steps worked",
    "unpaid_first": "share worked, just unpaid",
    "unpaid_last": "share worked, long unpaid",
}


def _stages(settings: Settings) -> list[int]:
    """Trials by which each stage of training ends; the last is the last fifth."""
    n = settings.n_trials
    return sorted({1, min(10, n // 4), n // 4, n - n // 5, n})


def _task(settings: Settings, n_goals: int) -> tasks.GoalTask:
    return tasks.micro_wins(n_goals, n_units=settings.n_units, deadline=settings.deadline, reward=settings.reward)


def _train(settings: Settings, arm: str, n_goals: int, rate: float, rng: np.random.Generator) -> _Trained:
    """Train one arm, stage by stage, then end all pay."""
    paid = _task(settings, n_goals)
    unpaid = replace(paid, payout=np.zeros_like(paid.payout))
    changes: dict[str, dict[str, Any]] = {ARMS[2]: {"delay": _LATE}, ARMS[3]: {"synchrony": 0.0}}
    # One scale with and without pay.
    scale = settings.reward / n_goals
    agent = CorticostriatalActor(direct_rate=rate, indirect_rate=rate, reward_scale=scale, **changes.get(arm, {}))
    task = unpaid if arm == ARMS[1] else paid
    memory = agent.init(paid, settings.n_agents)
    change, last = [], None
    begun = 0
    for_stages = rng.spawn(len(_stages(settings)) + 1)
    for end, own in zip(_stages(settings), for_stages, strict=False):
        before = memory.direct[..., tasks.WORK].copy()
        last = simulate.run(
            agent, task, n_agents=settings.n_agents, n_trials=end - begun, rng=own, memory=memory, keep_memory=True
        )
        moved = np.abs(memory.direct[..., tasks.WORK] - before).sum(axis=0)
        change.append(float(moved.mean()) / (end - begun))
        begun = end
    assert last is not None
    band = measures.bootstrap(_gained(last, agent, paid, task), rng=0)
    after = simulate.run(
        agent,
        unpaid,
        n_agents=settings.n_agents,
        n_trials=settings.n_unpaid,
        rng=for_stages[-1],
        memory=memory,
        keep_memory=True,
    )
    tail = slice(-settings.n_unpaid // 5, None)
    worked = [_worked(last, slice(None)), _worked(after, slice(0, 1)), _worked(after, tail)]
    return _Trained(np.array(change), float(band.mean), float(band.low), float(band.high), *worked)


def _gained(
    history: simulate.History, agent: CorticostriatalActor, paid: tasks.GoalTask, task: tasks.GoalTask
) -> Floats:
    """Share of what lies between even choices and the optimum, (n_agents,), in the task that is paid."""
    best = measures.exact(Planner(Exponential(1.0), inverse_temperature=float("inf")), paid)
    even = measures.exact(agent, paid)
    low, high = (float(found.reward[0] - found.effort[0]) for found in (even, best))
    assert history.trials is not None
    brought = (history.trials.reward - history.trials.effort).mean(axis=1)
    if task is not paid:
        # What the same work would have brought, had it been paid.
        assert history.trials.units is not None
        brought = brought + np.cumsum(paid.payout)[history.trials.units].mean(axis=1)
    return np.asarray((brought - low) / (high - low))


def _worked(history: simulate.History, trials: slice) -> float:
    """Share of the steps that offered work in which it was chosen."""
    assert history.trials is not None
    assert history.trials.choices is not None
    assert history.trials.worked is not None
    return float(history.trials.worked[:, trials].sum() / max(history.trials.choices[:, trials].sum(), 1))


def _by_arm(study: Study[Settings], quantity: str) -> dict[str, Floats]:
    return {arm: study.values(quantity, arm=arm) for arm in ARMS}


def _say(study: Study[Settings]) -> None:
    gained, worked = _by_arm(study, "share of the optimum gained"), _by_arm(study, "share of steps worked")
    n = len(gained[ARMS[0]])
    told = ", ".join(f"{arm} {np.median(x):.0%} ({x.min():.0%} to {x.max():.0%})" for arm, x in gained.items())
    more = int((worked[ARMS[0]] > worked[ARMS[1]] + 0.05).sum())
    timely = np.median(gained[ARMS[0]]) > 2 * max(np.median(gained[ARMS[2]]), np.median(gained[ARMS[3]]))
    verdict = "wins rewire only what dopamine reaches in time" if timely else "late dopamine rewires nearly as much"
    study.say(
        f"Of what lies between choosing evenly and the exact optimum, actors gain {told} in the median of {n} "
        f"settings: {verdict}. Trained with pay they work more than without in {more} of {n}."
    )
    trials = study.levels("trial")
    first, late = (study.values("weight change per trial", arm=ARMS[0], trial=t) for t in (trials[0], trials[-1]))
    less = int((late < 0.5 * first).sum())
    verdict = "so not every win rewires" if less == n else "but some go on rewiring"
    study.say(
        f"A trial with wins changes the D1 weights of work by {np.median(first):.3f} at first and "
        f"{np.median(late):.3f} in the last fifth of training (less than half in {less} of {n} settings): {verdict}."
    )
    ends = [study.values(name, arm=ARMS[0]) for name in ("share worked, just unpaid", "share worked, long unpaid")]
    kept = ends[1] / np.maximum(ends[0], 1e-9)
    verdict = "most of it outlasts the pay" if np.median(kept) > 0.7 else "most of it is unlearned"
    study.say(
        f"Once pay ends, work goes from {np.median(ends[0]):.0%} of steps to {np.median(ends[1]):.0%} within "
        f"{study.settings.n_unpaid} trials ({kept.min():.0%} to {kept.max():.0%} of it is kept): {verdict}, as dips "
        "teach less than bursts."
    )


def _draw(study: Study[Settings]) -> None:
    trials, settings = study.levels("trial"), study.settings
    means = {
        arm: [float(study.values("weight change per trial", arm=arm, trial=t).mean()) for t in trials] for arm in ARMS
    }
    bands = {
        arm: np.transpose([_around(study.values("weight change per trial", arm=arm, trial=t)) for t in trials])
        for arm in ARMS
    }
    title = titles.trend("rewiring with pay", "practice", name="with pay")
    labels: Labels = {"xlabel": "trial", "ylabel": "change of D1 weights per trial (± SE)", "log": True}
    labels["band"] = bands
    study.draw(title, trials, means, **labels)
    gained = {
        arm: [float(study.values(_NAMES["gained"], arm=arm, n_goals=n).mean()) for n in settings.goal_numbers]
        for arm in ARMS
    }
    names = [f"{n} win{'s' if n > 1 else ''}" for n in settings.goal_numbers]
    gains = {
        arm: np.transpose([_around(study.values(_NAMES["gained"], arm=arm, n_goals=n)) for n in settings.goal_numbers])
        for arm in ARMS
    }
    title = titles.ranked("share of the optimum gained", by="")
    study.draw(title, names, gained, ylabel="share of the optimum gained (± SE)", reference=0.0, band=gains)


def _around(values: Floats) -> Floats:
    """Mean less and plus one standard error over settings, (2,)."""
    error = float(values.std() / np.sqrt(values.size))
    return np.array([values.mean() - error, values.mean() + error])


def __dir__() -> list[str]:
    return __all__
