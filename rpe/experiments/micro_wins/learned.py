"""The parts of the main experiment that are learned or sampled: learners, credit assignment, momentum."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rpe import measures, simulate
from rpe._checks import Floats
from rpe.agents import ExpectedSarsa, MicroAgents, Planner, TabularLearner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments.micro_wins.parts import ARMS, Row, discount_functions, outcome, row, task
from rpe.experiments.micro_wins.settings import Settings

CREDIT_GOALS = (1, 2, 5, 20)
CREDIT_TRACES = (0.0, 0.5, 0.9, 0.98)
_LAST = 5  # the last fifth of the trials is what a learner has come to


class Learning(NamedTuple):
    """What learners came to in one condition.

    Attributes
    ----------
    rows : list
        One line of the table.
    by_trial : float array (n_trials,)
        Mean procrastination index by trial.
    errors : dict
        Mean prediction error at cue, sub-goal and goal by trial.
    share_done : float array (n_steps + 1,)
        Mean share done in the last trials.
    """

    rows: list[Row]
    by_trial: Floats
    errors: dict[str, Floats]
    share_done: Floats


def learner(settings: Settings, discounting: str) -> TabularLearner:
    """The learner of each way to discount; each learns the value of what it really does."""
    shared: dict[str, Any] = {
        "learning_rate": settings.learning_rate,
        "trace_decay": settings.trace_decay,
        "exploration": settings.exploration,
        "inverse_temperature": settings.inverse_temperature,
    }
    if discounting == "hyperbolic":
        return MicroAgents(k=settings.k, **shared)
    exponential = discount_functions(settings)[discounting]
    assert isinstance(exponential, Exponential)
    return ExpectedSarsa(discount=exponential.gamma, **shared)


def learn(settings: Settings, arm: str, discounting: str, rng: np.random.Generator) -> Learning:
    """Let learners work on one arm, and compare what they come to with the exact solution."""
    arm_task = task(settings, arm, discount_functions(settings)[discounting])
    history = simulate.run(
        learner(settings, discounting),
        arm_task,
        n_agents=settings.n_agents,
        n_trials=settings.n_trials,
        rng=rng,
        record=[],
    )
    late = slice(-max(1, settings.n_trials // _LAST), None)
    index = measures.procrastination_index(history)
    band = measures.bootstrap(index[:, late].mean(axis=1), rng=rng)
    values = {
        "procrastination_index": float(band.mean),
        "low": float(band.low),
        "high": float(band.high),
        "completion_probability": float(measures.completion_probability(history)[:, late].mean()),
        "welfare": float(measures.welfare(history)[:, late].mean()),
        "start_latency": float(measures.start_latency(history)[:, late].mean()),
    }
    assert history.curves.share_done is not None
    return Learning(
        [row("core", arm=arm, discounting=discounting, agent="learned", **values)],
        index.mean(axis=0),
        measures.event_errors(history),
        history.curves.share_done[late].mean(axis=0),
    )


def credit(settings: Settings, n_goals: int, trace_decay: float, rng: np.random.Generator) -> list[Row]:
    """Learners that discount (almost) nothing: what is left of a gain is credit assignment."""
    split = task(settings, "equal pay", None, n_goals=n_goals, distraction=1.0)
    naive = ExpectedSarsa(
        discount=0.99999,
        learning_rate=settings.learning_rate,
        trace_decay=trace_decay,
        exploration=settings.exploration,
        inverse_temperature=0.5,
    )
    history = simulate.run(
        naive,
        split,
        n_agents=max(2, settings.n_agents // 2),
        n_trials=settings.n_credit_trials,
        rng=rng,
        record=[],
    )
    late = slice(-max(1, settings.n_credit_trials // _LAST), None)
    index = measures.procrastination_index(history)[:, late].mean()
    return [
        row(
            "credit assignment",
            agent="learned",
            discounting="none",
            parameter="n_goals",
            value=n_goals,
            trace_decay=trace_decay,
            procrastination_index=float(index),
        )
    ]


class Momentum(NamedTuple):
    """The three curves of momentum for one arm.

    Attributes
    ----------
    rows : list
        The gap, observed and shuffled, with its interval.
    by_unit : float array (n_units,)
        Exact P(work | units done).
    gap, shuffled : measures.Band
        P(work | worked) − P(work | idle), as observed and in shuffled order.
    by_streak, since_goal : measures.Rates
        P(work) by steps worked in a row, and by steps since a sub-goal.
    """

    rows: list[Row]
    by_unit: Floats
    gap: measures.Band
    shuffled: measures.Band
    by_streak: measures.Rates
    since_goal: measures.Rates


def momentum(settings: Settings, arm: str, start_cost: float, rng: np.random.Generator) -> Momentum:
    """Simulate naive hyperbolic planners and read the momentum off what they do."""
    planner = Planner(Hyperbolic(settings.k), settings.inverse_temperature)
    arm_task = task(settings, arm, Hyperbolic(settings.k), start_cost=start_cost)
    history = simulate.run(planner, arm_task, n_agents=settings.n_walkers, rng=rng, record=range(settings.n_walkers))
    gap = measures.momentum(history)
    known = np.isfinite(gap.observed) & np.isfinite(gap.shuffled)
    observed, shuffled = (measures.bootstrap(part[known], rng=rng) for part in gap)
    values = {"gap": float(observed.mean), "low": float(observed.low), "high": float(observed.high)}
    line = row(
        "momentum",
        arm=arm,
        discounting="hyperbolic",
        agent="naive",
        parameter="start_cost",
        value=start_cost,
        shuffled_gap=float(shuffled.mean),
        **values,
        **outcome(measures.exact(planner, arm_task)),
    )
    return Momentum(
        [line],
        measures.exact(planner, arm_task).work_probability[0],
        observed,
        shuffled,
        measures.work_by_streak(history),
        measures.work_since_sub_goal(history),
    )


class Errors(NamedTuple):
    """Prediction errors at events, by trial, with certain and with uncertain work."""

    rows: list[Row]
    errors: dict[str, Floats]


def sub_goal_errors(settings: Settings, success_probability: float, rng: np.random.Generator) -> Errors:
    """Ask μAgents whether reaching a sub-goal keeps its error once it is expected."""
    split = task(settings, "equal pay", None, success_probability=success_probability, distraction=0.5)
    bank = MicroAgents(k=0.05, learning_rate=settings.learning_rate, inverse_temperature=settings.inverse_temperature)
    history = simulate.run(
        bank,
        split,
        n_agents=max(2, settings.n_agents // 4),
        n_trials=settings.n_credit_trials,
        rng=rng,
        record="summary",
    )
    errors = measures.event_errors(history)
    late = errors["sub-goal"][-max(1, settings.n_credit_trials // _LAST) :]
    line = row(
        "sub-goal error",
        agent="learned",
        discounting="hyperbolic",
        parameter="success_probability",
        value=success_probability,
        error=float(np.nanmean(late)),
    )
    return Errors([line], errors)


def cells(settings: Settings) -> list[tuple[str, tuple[Any, ...], Callable[..., Any], tuple[Any, ...]]]:
    """Every learned or sampled condition: group, key, function and arguments (but for the random numbers)."""
    work: list[tuple[str, tuple[Any, ...], Callable[..., Any], tuple[Any, ...]]] = []
    for discounting in discount_functions(settings):
        work += [("learned", (arm, discounting), learn, (settings, arm, discounting)) for arm in ARMS]
    for n_goals in (k for k in CREDIT_GOALS if k <= settings.n_units):
        work += [("credit", (n_goals, t), credit, (settings, n_goals, t)) for t in CREDIT_TRACES]
    for arm in ("one goal", "equal pay"):
        for start_cost in (settings.start_cost, 0.0):
            work.append(("momentum", (arm, start_cost), momentum, (settings, arm, start_cost)))
    for probability in (1.0, 0.7):
        work.append(("errors", (probability,), sub_goal_errors, (settings, probability)))
    return work
