"""Records of simulated subjects: what a simulation did, as if it were people's data."""

from dataclasses import replace
from typing import Any, Literal, overload

import numpy as np

from rpe import simulate
from rpe._checks import ArrayLike, Bools, Floats, Ints, Seed, choice, generator, instance, numbers
from rpe._softmax import sample
from rpe.fit.model import Model
from rpe.fit.offer_models import log_policies
from rpe.fit.signals import SignalModel, simulated_signals
from rpe.records import Choices, Offers, Signals, WorkLog
from rpe.records.choices import last_choice
from rpe.tasks import TabulatedTask

DataKind = Literal["choices", "work", "signals"] | Offers


@overload
def simulated(
    model: Model, true: ArrayLike, *, n_trials: int = 1, data: Literal["choices"] = "choices", rng: Seed = None
) -> Choices: ...
@overload
def simulated(
    model: Model, true: ArrayLike, *, n_trials: int = 1, data: Literal["work"], rng: Seed = None
) -> WorkLog: ...
@overload
def simulated(model: Model, true: ArrayLike, *, n_trials: int = 1, data: Offers, rng: Seed = None) -> Offers: ...
@overload
def simulated(
    model: SignalModel, true: ArrayLike, *, n_trials: int = 1, data: Literal["signals"], rng: Seed = None
) -> Signals: ...
@overload
def simulated(
    model: Model | SignalModel, true: ArrayLike, *, n_trials: int = 1, data: DataKind = "choices", rng: Seed = None
) -> Choices | WorkLog | Offers | Signals: ...
def simulated(
    model: Model | SignalModel, true: ArrayLike, *, n_trials: int = 1, data: DataKind = "choices", rng: Seed = None
) -> Choices | WorkLog | Offers | Signals:
    """Simulate one subject per row of parameters.

    Parameters
    ----------
    model : Model or SignalModel
        What generates the data.
    true : float array (n_subjects, n_parameters)
        Values of its free parameters, natural scale.
    n_trials : int
        Trials of every subject; signals have those of the schedule.
    data : {"choices", "work", "signals"} or Offers
        Whether the choices are seen, or only the work done in the first trial; for a chooser, what
        is offered: to all alike what the first subject of this record was offered, or
        to each its own if there are as many. For a SignalModel, "signals", with the noise of its sensor.
    rng : int, numpy.random.Generator or None
        Seed.

    Raises
    ------
    TypeError, ValueError
        For shapes or options out of range.

    Examples
    --------
    >>> import rpe
    >>> free = {"learning_rate": rpe.fit.Parameter(0, 1), "inverse_temperature": rpe.fit.Parameter(0, 20)}
    >>> model = rpe.fit.Model(rpe.agents.QLearner(discount=0.0), rpe.tasks.bandit([0.2, 0.8]), free)
    >>> data = rpe.fit.simulated(model, [[0.2, 3.0], [0.5, 2.0]], n_trials=60, rng=0)
    >>> data.action.shape  # subjects, trials, choices in each
    (2, 60, 1)
    """
    true = numbers("true", true)
    if true.ndim != 2 or true.shape[1] != len(model.parameters):
        raise ValueError(f"true must have shape (n_subjects, {len(model.parameters)}); got {true.shape}")
    rng = generator(rng)
    if isinstance(model, SignalModel):
        choice("data", data, ("signals",))
        return simulated_signals(model, true, rng)
    if model.task is None:
        return _answered(model, true, data, rng)
    kind = choice("data", data, ("choices", "work"))
    if not model.in_task:
        (own,) = rng.spawn(1)
        return _seen(_run(model, true, len(true), n_trials, own), kind)
    # Those with the same parameters share one solution of the task.
    alike: dict[tuple[float, ...], list[int]] = {}
    for i, row in enumerate(true):
        alike.setdefault(tuple(row), []).append(i)
    parts = [
        _run(model, np.array([row]), len(rows), n_trials, own)
        for (row, rows), own in zip(alike.items(), rng.spawn(len(alike)), strict=True)
    ]
    back = np.argsort(np.concatenate(list(alike.values())))
    names = tuple(map(str, range(len(true))))
    if kind == "work":
        return WorkLog(names, np.concatenate([work_of(part).units for part in parts])[back])
    return replace(Choices.stacked([choices_of(part) for part in parts]).take(back), subjects=names)


def _run(model: Model, values: Floats, n: int, n_trials: int, rng: np.random.Generator) -> simulate.History:
    agent, task = model.at(values)
    return simulate.run(agent, task, n_agents=n, n_trials=n_trials, rng=rng, record="all")


def _seen(history: simulate.History, kind: str) -> Choices | WorkLog:
    return work_of(history) if kind == "work" else Choices.stacked([choices_of(history)])


def _answered(model: Model, true: Floats, offers: object, rng: np.random.Generator) -> Offers:
    """The offers with choices of simulated subjects."""
    if not isinstance(offers, Offers):
        raise TypeError(f"data must be the Offers that subjects choose from; got {offers!r}")
    n = len(true)
    who = np.arange(n) if offers.n_subjects == n else np.zeros(n, dtype=np.int64)
    shown = offers.take(who)
    chance = np.exp(log_policies(model.at(true)[0], shown))
    flat = chance.reshape(len(chance), -1)
    chosen = sample(flat, rng.random(flat.shape[1])).reshape(chance.shape[1:]).T
    return Offers(tuple(map(str, range(n))), shown.attributes, np.where(shown.action >= 0, chosen, -1), shown.scored)


def choices_of(history: simulate.History) -> Choices:
    """Return the choices of the agents that a simulation recorded in full.

    Parameters
    ----------
    history : rpe.simulate.History
        Of `rpe.simulate.run(..., record="all")`.

    Raises
    ------
    ValueError
        If no agent was recorded in full.

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.QLearner(discount=0.0)
    >>> task = rpe.tasks.bandit([0.2, 0.8])
    >>> history = rpe.simulate.run(learner, task, n_agents=3, n_trials=5, rng=0, record="all")
    >>> choices_of(history).n_choices
    array([5, 5, 5])
    """
    full = _in_full(history)
    names = tuple(str(agent) for agent in full.agents)
    more: dict[str, Any] = {name: np.zeros(full.reward.shape) for name in ("points", "pseudo_reward")}
    ends = last_choice(full.action)
    if isinstance(history.task, TabulatedTask):
        more, ends = _looked_up(history.task, full.state, full.action, full.reward)
    return Choices(names, full.state, full.action, full.reward, full.effort, terminated=ends, **more)


def work_of(history: simulate.History, trial: int = 0) -> WorkLog:
    """Return the units of work over time of the agents that a simulation recorded in full.

    Parameters
    ----------
    history : rpe.simulate.History
        Of a task with units of work, run with `record="all"`.
    trial : int
        Which trial.

    Raises
    ------
    TypeError
        If the task has no units of work.
    ValueError
        If no agent was recorded in full.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=2, deadline=3, effort=0.0, distraction=0.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Exponential(0.9))
    >>> work_of(rpe.simulate.run(planner, task, n_agents=1, n_trials=1, rng=0, record="all")).units
    array([[0, 1, 2, 2]])
    """
    full = _in_full(history)
    task = history.task
    parts = task.decode(full.state[:, trial]) if isinstance(task, TabulatedTask) else {}
    if "units" not in parts:
        raise TypeError(f"history must be of a task with units of work; got {type(task).__name__}")
    # Steps in which only pay is waited for are no days of work.
    units = np.asarray(parts["units"], dtype=np.int64)[:, : task.n_work_steps + 1]
    return WorkLog(tuple(str(agent) for agent in full.agents), units)


def _in_full(history: simulate.History) -> Any:
    if instance("history", history, simulate.History).full is None:
        raise ValueError("history must hold agents in full; run the simulation with record='all'")
    return history.full


def _looked_up(task: TabulatedTask, state: Ints, action: Ints, reward: Floats) -> tuple[dict[str, Floats], Bools]:
    """What a task's tables add to a recorded step: points, pseudo-rewards and endings."""
    tables = task.tables
    shape = tables.next_state.shape
    before, after, chosen = state[..., :-1], state[..., 1:], np.maximum(action, 0)
    fits = [
        (tables.next_state[outcome, before, chosen] == after)
        & np.isclose(np.broadcast_to(tables.reward, shape)[outcome, before, chosen], reward)
        for outcome in range(shape[0])
    ]
    outcome = np.argmax(fits, axis=0)

    def read(table: Any) -> Any:
        return np.where(action >= 0, np.broadcast_to(table, shape)[outcome, before, chosen], 0)

    more = {name: read(getattr(tables, name)).astype(np.float64) for name in ("points", "pseudo_reward")}
    return more, read(tables.terminated).astype(np.bool_)
