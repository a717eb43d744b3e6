"""Exact scores of tabular learners in any task, by compiled kernels that carry derivatives beside every value."""

from typing import Any, cast

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints
from rpe.agents import TableMemory, TabularLearner
from rpe.fit.model import Model
from rpe.records import Choices, Offers, WorkLog
from rpe.simulate._fast.dispatch import saves_time
from rpe.simulate._fast.preparing import takes
from rpe.tasks import TabulatedTask

# How often a fit asks for scores, about.
_EVALUATIONS = 20
# On the unconstrained scale. Differences over five points err by its fourth power.
_STEP = 1e-3
_AT, _WEIGHT = np.array([-2.0, -1.0, 1.0, 2.0]), np.array([1.0, -8.0, 8.0, -1.0]) / 12


def applies(model: Model, data: Choices | WorkLog | Offers) -> bool:
    """Return whether `TableSlopes` knows this model, and compiled kernels are installed and save time.

    It knows learners that keep the rule of `TabularLearner`, such as Q(λ), expected SARSA and banks of
    discount factors. With traces every choice must be seen with what came of it.
    """
    agent = model.agent
    if not (isinstance(data, Choices) and isinstance(agent, TabularLearner)) or model.in_task:
        return False
    n_fits, (_, n_trials, n_steps) = data.n_subjects * (1 + 2 * model.n_parameters), data.action.shape
    return (
        saves_time(n_fits, _EVALUATIONS * n_trials, n_steps)
        and bool(np.isfinite(agent.inverse_temperature).all())
        and not (_traced(model) and (data.missed.any() or not data.feedback.all()))
        and takes(agent, memory := _memory(agent, model))
        and (memory.available is None or isinstance(memory.available, np.ndarray))
    )


def _traced(model: Model) -> bool:
    return "trace_decay" in model.names or bool(cast(TabularLearner, model.agent).trace_decay.any())


def _memory(agent: TabularLearner, model: Model) -> TableMemory:
    return agent.init(cast(TabulatedTask, model.task), agent.n_agents)


class TableSlopes:
    """Log likelihood, score and expected information of a tabular learner, choice by choice.

    The kernel carries ∂Q of every entry, trace and error along (forward sensitivities). What it starts
    from, the derivatives of the learner's numbers such as γᵢ and wᵢ of a bank, are differences of what
    the learner itself makes of its parameters.

    Parameters
    ----------
    model, data
        For which `applies`.
    trials : bool array (n_trials,) or None
        Which trials are scored.

    References
    ----------
    Williams, R. J. & Zipser, D. (1989). A learning algorithm for continually running fully recurrent
    neural networks. Neural Computation 1(2), 270-280, Eq. 6. doi:10.1162/neco.1989.1.2.270
    """

    def __init__(self, model: Model, data: Choices, trials: Bools | None) -> None:
        from rpe.fit.table_kernel import Record, Rule

        self._model = model
        agent, task = cast(TabularLearner, model.agent), cast(TabulatedTask, model.task)
        memory = _memory(agent, model)
        scored = data.scored if trials is None else data.scored & trials[None, :, None]
        self._record = Record(
            _own(data.action, np.int64),
            _own(data.state, np.int64),
            _own(data.reward + data.points - data.effort),
            _own(data.pseudo_reward),
            _own(data.terminated, np.bool_),
            _own(data.feedback, np.bool_),
            _own(scored, np.bool_),
        )
        available = np.ones((task.n_actions, task.n_states)) if memory.available is None else memory.available
        self._rule = Rule(
            len(memory.table),
            bool(agent.on_policy),
            _traced(model),
            memory.credit.replacing,
            bool(agent.cuts_traces),
            "exploration" in model.names or bool(agent.exploration.any()),
            float(agent.initial_value),
            _own(cast(Bools, available).T, np.bool_),
        )

    def __call__(self, u: Floats, subject: Ints) -> tuple[Floats, Floats, Floats]:
        """Return log likelihood (n,), score (n, p) and information (n, p, p) on the unconstrained scale.

        Parameters
        ----------
        u : float array (n, p)
        subject : int array (n,)
            Whose choices each fit is scored on.
        """
        from rpe.fit.table_kernel import replay_slopes

        n, p = u.shape
        around = u + _STEP * _AT[:, None, None, None] * np.eye(p)[:, None]
        numbers = self._numbers(np.concatenate([u[None], around.reshape(-1, n, p)]).reshape(-1, p))
        numbers = numbers.reshape(1 + 4 * p, n, -1)
        turn = np.tensordot(_WEIGHT, numbers[1:].reshape(4, p, n, -1), axes=1) / _STEP
        found: tuple[Floats, Floats, Floats] = replay_slopes(
            self._record, self._rule, _own(numbers[0]), _own(np.moveaxis(turn, 0, -1)), _own(subject, np.int64)
        )
        return found

    def _numbers(self, u: Floats) -> Floats:
        """What a learner is to the kernel, (n, n_numbers), for parameters u (n, p)."""
        agent = self._model.at(self._model.from_free(u))[0]
        alone = (agent.learning_rate, agent.trace_decay, agent.inverse_temperature, agent.exploration)
        rows = [*alone, agent.pseudo_reward_weight, *agent.bank()[0], *agent.bank()[1]]
        return np.stack([np.broadcast_to(row, len(u)) for row in rows], axis=-1)


def _own(values: npt.ArrayLike, dtype: npt.DTypeLike = np.float64) -> Any:
    """A contiguous array that may be written to: kernels are compiled for no other kind."""
    return np.array(values, dtype=dtype, order="C")
