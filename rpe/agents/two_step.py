"""Two-step learner: model-based and model-free values of the first choice, mixed."""

from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, agent_count, choice, default, parameter
from rpe._softmax import log_softmax
from rpe.agents._steps import check_n_agents, experienced_utility
from rpe.agents.outcome_learner import stimuli_of
from rpe.tasks import Step


@dataclass
class TwoStepMemory:
    """What a two-step learner remembers.

    Attributes
    ----------
    value : float array (6, n)
        Model-free values: of the two first choices, and of the two choices in either second state.
    previous, first : int array (n,)
        The first choice of the trial before, and of this one; −1 for none.
    stimuli : int array (2, n_states)
        Which of the six each action chooses in each state.

    Examples
    --------
    >>> import rpe
    >>> memory = rpe.agents.TwoStepLearner().init(rpe.tasks.TwoStep(), n_agents=2)
    >>> memory.value.shape[-1]
    2
    """

    value: Floats
    previous: Ints
    first: Ints
    stimuli: Ints


@dataclass(frozen=True, eq=False, kw_only=True)
class TwoStepLearner:
    """Two-step learner (Daw et al. 2011): first choices by wQ_MB + (1 − w)Q_MF, and a bias to repeat the last one.

    Of the first choice, the model knows Q_MB(0) = c max v(2, 3) + (1 − c) max v(4, 5), and the mirror
    image for 1, with the probability c of the common transition. After a trial of choices 1 and 2

        v₁ += α₁(v₂ − v₁),   v₂ += α₂(r − v₂),   v₁ += λα₁(r − v₂).

    Parameters
    ----------
    first_rate, second_rate : float or array (n_agents,)
        α₁ and α₂ in [0, 1].
    first_temperature, second_temperature : float or array (n_agents,)
        Inverse temperatures β₁, β₂ ≥ 0 of the two choices.
    model_weight : float or array (n_agents,)
        w in [0, 1]: 1 is model-based, 0 model-free.
    trace_decay : float or array (n_agents,)
        λ in [0, 1].
    stickiness : float or array (n_agents,)
        π, in logits: towards the first choice of the trial before.
    common_probability : float or array (n_agents,)
        c in [0, 1], as the agent believes.
    outcome_error : {"before", "after"}
        Whether the last update takes the error r − v₂ from before v₂ has moved, as in the
        literature, or after it, as in the package hBayesDM.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of different lengths.

    References
    ----------
    Daw, N. D., Gershman, S. J., Seymour, B., Dayan, P. & Dolan, R. J. (2011). Model-based influences on
    humans' choices and striatal prediction errors. Neuron 69(6), 1204-1215.
    doi:10.1016/j.neuron.2011.02.027

    Examples
    --------
    >>> import rpe
    >>> learner = TwoStepLearner(model_weight=1.0, first_temperature=5.0)
    >>> rpe.simulate.run(learner, rpe.tasks.TwoStep(), n_agents=10, n_trials=20, rng=0).n_trials
    20
    """

    first_rate: PerAgent = default(0.5)
    second_rate: PerAgent = default(0.5)
    first_temperature: PerAgent = default(3.0)
    second_temperature: PerAgent = default(3.0)
    model_weight: PerAgent = default(0.5)
    trace_decay: PerAgent = default(0.6)
    stickiness: PerAgent = default(0.0)
    common_probability: PerAgent = default(0.7)
    outcome_error: Literal["before", "after"] = "before"

    def __post_init__(self) -> None:
        choice("outcome_error", self.outcome_error, ("before", "after"))
        for name in ("first_rate", "second_rate", "model_weight", "trace_decay", "common_probability"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, 1))
        for name in ("first_temperature", "second_temperature"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0))
        object.__setattr__(self, "stickiness", parameter("stickiness", self.stickiness))
        _ = self.n_agents

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        return agent_count(**{name: value for name, value in arrays.items() if isinstance(value, np.ndarray)})

    def init(self, task: Any, n_agents: int) -> TwoStepMemory:
        """Return a fresh memory for n agents.

        Raises
        ------
        ValueError
            If the task does not have the six stimuli of two steps, or another number of agents.
        """
        check_n_agents(self.n_agents, n_agents, task)
        stimuli = stimuli_of(task)
        if stimuli.shape[0] != 2 or stimuli.max() != 5:
            raise ValueError(f"task must have the 6 stimuli of two steps; got {int(stimuli.max()) + 1}")
        nobody = np.full(n_agents, -1)
        return TwoStepMemory(np.zeros((6, n_agents)), nobody, nobody.copy(), stimuli)

    def start(self, memory: TwoStepMemory, state: Ints) -> Floats:
        """Begin a trial; return the error of the cue, 0 (n,)."""
        memory.first[...] = -1
        return np.zeros(len(state))

    def action_values(self, memory: TwoStepMemory, state: Ints) -> Floats:
        """Return the values (2, n) of both actions: mixed for the first choice, model-free for the second."""
        shown = memory.stimuli[:, state]
        free = memory.value[shown, np.arange(len(state))]
        best = np.stack([memory.value[2:4].max(axis=0), memory.value[4:].max(axis=0)])
        common = self.common_probability
        model = common * best + (1 - common) * best[::-1]
        return np.where(shown < 2, self.model_weight * model + (1 - self.model_weight) * free, free)

    def log_policy(self, memory: TwoStepMemory, state: Ints) -> Floats:
        """Return the log choice probabilities (2, n)."""
        first = memory.stimuli[0, state] < 2
        beta = np.where(first, self.first_temperature, self.second_temperature)
        again = (np.arange(2)[:, None] == memory.previous) & first
        return log_softmax(beta * self.action_values(memory, state) + self.stickiness * again, 1.0)

    def policy(self, memory: TwoStepMemory, state: Ints) -> Floats:
        """Return the choice probabilities (2, n)."""
        return np.exp(self.log_policy(memory, state))

    def value(self, memory: TwoStepMemory, state: Ints) -> Floats:
        """Return the value (n,) of each agent's state under its own policy."""
        return np.asarray((self.policy(memory, state) * self.action_values(memory, state)).sum(axis=0))

    def observe_choice(self, memory: TwoStepMemory, state: Ints, action: Ints, active: Bools) -> None:
        """Remember first choices (n,) of which nothing is learned, so that they are repeated."""
        self._remember(memory, state, action, active)

    def update(self, memory: TwoStepMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn from one step in place; return the signed error (n,) from before the update.

        That of a first choice is the value of the second state under the agent's policy less v₁; v₁
        itself moves once the second choice is known.
        """
        going = np.ones(len(state), dtype=np.bool_) if active is None else active
        who = np.arange(len(state))
        chosen = memory.stimuli[action, state]
        old = memory.value[chosen, who]
        first = (chosen < 2) & going
        second = (chosen >= 2) & going
        reward = np.broadcast_to(np.asarray(experienced_utility(step), dtype=np.float64), who.shape)
        delta = np.where(second, reward - old, 0.0)
        if first.any():
            delta = np.where(first, self.value(memory, step.state) + reward - old, delta)
            self._remember(memory, state, action, first)
        if second.any():
            self._learn(memory, chosen, delta, second)
        return delta

    def _learn(self, memory: TwoStepMemory, chosen: Ints, delta: Floats, second: Bools) -> None:
        """Move the second value, and the first where there was a first choice."""
        who = np.arange(len(chosen))
        had = second & (memory.first >= 0)
        at = np.maximum(memory.first, 0), who
        before = memory.value[chosen, who]
        memory.value[at] += np.where(had, self.first_rate * (before - memory.value[at]), 0.0)
        memory.value[chosen, who] += np.where(second, self.second_rate * delta, 0.0)
        last = delta if self.outcome_error == "before" else (1 - self.second_rate) * delta
        memory.value[at] += np.where(had, self.trace_decay * self.first_rate * last, 0.0)
        memory.first[had] = -1

    def _remember(self, memory: TwoStepMemory, state: Ints, action: Ints, active: Bools) -> None:
        now = active & (memory.stimuli[0, state] < 2)
        memory.first[now] = memory.previous[now] = action[now]
