"""The corticostriatal actor: D1 and D2 weights that dopamine changes within an eligibility window, in nanomolar."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from rpe import dopamine
from rpe._checks import Bools, Floats, Ints, Numbers, agent_count, numbers, parameter, scalar
from rpe._softmax import softmax
from rpe.agents._steps import Offered, check_n_agents, experienced_utility, offered_actions, offered_in
from rpe.choice import inverse_temperature
from rpe.tasks import Step, TabulatedTask
from rpe.td.errors import td_error

# Errors, in largest payouts, at which the dopamine that teaches is worked out; straight lines between.
_FARTHEST, _N_ERRORS = 4.0, 801
_DT, _DURATION, _PULSE, _TONIC = 0.02, 6.0, 0.2, 5.0


@dataclass
class CorticostriatalMemory:
    """What a corticostriatal actor remembers.

    Attributes
    ----------
    critic : float array (n_states, n_agents)
        State values V, in reward units.
    direct, indirect : float array (n_states, n_agents, n_actions)
        Weights G of D1 neurons and N of D2 neurons, ≥ 0; 1 at first.
    available : bool array (n_actions, n_states) or None
        Which actions each state offers; None if all do.
    scale : float
        What errors are divided by, in reward units.

    Examples
    --------
    >>> import rpe
    >>> memory = rpe.agents.CorticostriatalActor().init(rpe.tasks.bandit([0.3, 0.7]), n_agents=2)
    >>> memory.direct.shape == memory.indirect.shape  # weights of D1 and of D2 cells
    True
    """

    critic: Floats
    direct: Floats
    indirect: Floats
    available: Offered
    scale: float

    @property
    def n_agents(self) -> int:
        """How many agents remember."""
        return int(self.critic.shape[1])

    @property
    def n_states(self) -> int:
        """How many states they know."""
        return int(self.critic.shape[0])

    @property
    def v(self) -> Floats:
        """State values (n_agents, n_states), in reward units."""
        return self.critic.T

    def place(self, state: Ints) -> Ints:
        """Where the states (n,) lie in flattened (n_states, n_agents)."""
        return state * self.n_agents + self._who

    @cached_property
    def _who(self) -> Ints:
        return np.arange(self.n_agents)

    @property
    def weights(self) -> tuple[Floats, Floats]:
        """The weights of D1 neurons and of D2 neurons."""
        return self.direct, self.indirect


@dataclass(frozen=True, eq=False)
class CorticostriatalActor:
    """Three-factor learning: activity, eligibility and the concentration of dopamine change D1 and D2 weights.

    At each arrival the error δ = u + γV(s′) − V(s) drives firing for 0.2 s, firing releases dopamine
    (`rpe.dopamine.release`), and the synapses of the action, active `delay` seconds before, change by
    what of it falls into their eligibility window:

        D = ∫ e(t) (C(t) − C₀) dt / (the same for an error of one largest payout, at the defaults),
        G ← G (1 + α_G D),   N ← N (1 − α_N D),   V ← V + α s D,
        π(a|s) ∝ exp β [(1 + ρ) G(s, a) − (1 − ρ) N(s, a)]

    with s the largest payout. So nothing learns from δ itself: bursts saturate and dips are shallow,
    and values settle above the mean where outcomes vary. The window closes within seconds, long before
    the next step of a task of minutes; what bridges steps is the value of the state that is reached.

    Assumptions: square pulses and linear coding, as in `rpe.dopamine.from_history`; the same window for
    D1 and D2 synapses and for the critic; weights that scale their own change (OpAL).

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1] of the critic.
    direct_rate, indirect_rate : float or array (n_agents,)
        α_G and α_N in [0, 0.5]; OpAL needs α|D| < 1.
    discount : float or array (n_agents,)
        γ in [0, 1] per step.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per unit of weight.
    dopamine_at_choice : float or array (n_agents,)
        ρ in [−1, 1]: dopamine when choosing weights benefits (D1) over costs (D2).
    delay : float
        From the action to the dopamine of its outcome, s, from 0 to 6.
    reward_scale : "range" or float
        s: the largest payout of one step of the task, or a number of reward units.
    synchrony, uptake_block : float
        As in `rpe.dopamine.release`.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of different lengths.

    References
    ----------
    Collins, A. G. E. & Frank, M. J. (2014). Opponent actor learning (OpAL): modeling interactive
    effects of striatal dopamine on reinforcement learning and choice incentive. Psychological Review
    121(3), 337-366. doi:10.1037/a0037015 (weights and choice)
    Yagishita, S. et al. (2014). A critical time window for dopamine actions on the structural
    plasticity of dendritic spines. Science 345, 1616-1620. doi:10.1126/science.1255514 (the window)

    Examples
    --------
    >>> import rpe
    >>> actor = rpe.agents.CorticostriatalActor()
    >>> actor.teaching([-1.0, 0.0, 1.0, 4.0]).round(2)
    array([-0.16,  0.  ,  1.  ,  1.5 ])
    >>> float(rpe.agents.CorticostriatalActor(delay=5.0).teaching(1.0).round(2))   # the window has closed
    0.01
    >>> actor.init(rpe.tasks.micro_wins(n_goals=5), n_agents=3).v.shape
    (3, 2562)
    """

    learning_rate: Numbers = 0.3
    direct_rate: Numbers = 0.1
    indirect_rate: Numbers = 0.1
    discount: Numbers = 0.98
    inverse_temperature: Numbers = 5.0
    dopamine_at_choice: Numbers = 0.0
    delay: float = 0.3
    reward_scale: Literal["range"] | float = "range"
    synchrony: float = 0.3
    uptake_block: float = 1.0

    def __post_init__(self) -> None:
        limits = {
            "learning_rate": (0, 1),
            "direct_rate": (0, 0.5),
            "indirect_rate": (0, 0.5),
            "discount": (0, 1),
            "dopamine_at_choice": (-1, 1),
        }
        for name, (low, high) in limits.items():
            object.__setattr__(self, name, parameter(name, getattr(self, name), low, high))
        object.__setattr__(self, "inverse_temperature", inverse_temperature(self.inverse_temperature))
        scalar("delay", self.delay, 0, _DURATION)
        if self.reward_scale != "range":
            scalar("reward_scale", self.reward_scale, 0, open_low=True)
        chain = scalar("synchrony", self.synchrony, 0, 1), scalar("uptake_block", self.uptake_block, 1, 1e6)
        object.__setattr__(self, "_response", _responses(float(self.delay), *chain))
        _ = self.n_agents

    @property
    def heeds_masks(self) -> bool:
        """Whether no action that a state does not offer is ever chosen."""
        return True

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        names = ("learning_rate", "direct_rate", "indirect_rate", "discount", "inverse_temperature")
        return agent_count(**{name: np.asarray(getattr(self, name)) for name in (*names, "dopamine_at_choice")})

    def teaching(self, error: npt.ArrayLike) -> Floats:
        """Return what dopamine teaches, D, of errors in largest payouts; at the defaults 1 for an error of 1.

        Errors beyond ±4, where firing has long saturated, teach as ±4 do.
        """
        return self._taught(numbers("error", error, empty=True))

    def _taught(self, error: Floats) -> Floats:
        response, rise = self._response  # type: ignore[attr-defined]
        place = ((error + _FARTHEST) * ((_N_ERRORS - 1) / (2 * _FARTHEST))).clip(0, _N_ERRORS - 1)
        low = np.minimum(place.astype(np.int64), _N_ERRORS - 2)
        return np.asarray(response.take(low) + (place - low) * rise.take(low))

    def init(self, task: TabulatedTask, n_agents: int) -> CorticostriatalMemory:
        """Return a fresh memory for n agents on a task: no values, even weights."""
        check_n_agents(self.n_agents, n_agents, task)
        shape = (task.n_states, n_agents, task.n_actions)
        return CorticostriatalMemory(
            np.zeros(shape[:2]), np.ones(shape), np.ones(shape), offered_actions(task), self._scale(task)
        )

    def start(self, memory: CorticostriatalMemory, state: Ints) -> Floats:
        """Begin a trial; return the error (n,) of the cue, γV(s₀)."""
        return np.asarray(np.asarray(self.discount) * self.value(memory, state))

    def value(self, memory: CorticostriatalMemory, state: Ints) -> Floats:
        """Return V(s) of each agent's state (n,), in reward units."""
        return memory.critic.ravel().take(memory.place(state))

    def policy(self, memory: CorticostriatalMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) of n agents in their states (n,)."""
        rho, place = np.asarray(self.dopamine_at_choice), memory.place(state)
        direct, indirect = (each.reshape(-1, each.shape[-1]).take(place, axis=0).T for each in memory.weights)
        act = (1 + rho) * direct - (1 - rho) * indirect
        offered = offered_in(memory.available, state)
        return softmax(act, self.inverse_temperature, offered)

    def update(
        self, memory: CorticostriatalMemory, state: Ints, action: Ints, step: Step, active: Bools | None
    ) -> Floats:
        """Learn from one step in place, through dopamine; return the signed error δ (n,) from before the update."""
        place, values = memory.place(state), memory.critic.reshape(-1)
        carry = np.asarray(self.discount) * (1.0 - step.terminated)
        utility = experienced_utility(step)
        value = values.take(place)
        delta = td_error(utility, value, self.value(memory, step.state), carry)
        if active is not None:
            delta = delta * active
        taught = self._taught(delta / memory.scale)
        # Through flat views, which costs half of three indices; no two agents write to one place.
        values[place] = value + np.asarray(self.learning_rate) * memory.scale * taught
        here = place * memory.direct.shape[-1] + action
        for weights, rate in zip(memory.weights, (self.direct_rate, -np.asarray(self.indirect_rate)), strict=True):
            flat = weights.reshape(-1)
            flat[here] = flat.take(here) * (1.0 + np.asarray(rate) * taught)
        return np.asarray(delta)

    def _scale(self, task: TabulatedTask) -> float:
        if self.reward_scale != "range":
            return float(self.reward_scale)
        tables = getattr(task, "tables", None)
        largest = 0.0 if tables is None else float(np.max(tables.reward))
        if largest <= 0:
            raise ValueError("reward_scale must be a number for a task without tables or payouts; got 'range'")
        return largest


@cache
def _responses(delay: float, synchrony: float, uptake_block: float) -> tuple[Floats, Floats]:
    """D for errors from −4 to 4 largest payouts, and its rise from each to the next; kept, as kinetics take time."""
    errors = np.append(np.linspace(-_FARTHEST, _FARTHEST, _N_ERRORS), 0.0)
    changed = _plasticity(errors, delay, synchrony, uptake_block)
    # What integration leaves of nothing must not teach.
    response = np.asarray((changed[:-1] - changed[-1]) / _unit())
    return response, np.diff(response)


def _plasticity(errors: Floats, delay: float, synchrony: float, uptake_block: float) -> Floats:
    """∫ e(t) (C(t) − C₀) dt of errors, nM s."""
    times = _DT * np.arange(round(_DURATION / _DT))
    rate = np.where(times < _PULSE - 1e-9, dopamine.firing_rate(errors)[:, None], _TONIC)
    trace = dopamine.release(rate, _DT, synchrony=synchrony, uptake_block=uptake_block, baseline=_TONIC)
    tonic = float(dopamine.steady_concentration(_TONIC, uptake_block=uptake_block))
    return dopamine.plasticity(trace, _DT, -delay, tonic=tonic)


@cache
def _unit() -> float:
    """What an error of one largest payout brings at the defaults, nM s."""
    return float(_plasticity(np.array([1.0]), 0.3, 0.3, 1.0)[0])
