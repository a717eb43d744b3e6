"""What agents answer: checked at the first step, and kept to the actions that can be chosen."""

from inspect import Signature, signature
from typing import Any, get_origin

import numpy as np

from rpe._checks import Bools, Floats, instance, shown


def checked_policy(agent: Any, policy: Any, n_actions: int, n: int) -> Floats:
    """Return the choice probabilities (n_actions, n) of n agents, or say what is wrong with them.

    Raises
    ------
    TypeError
        If they are not an array of numbers.
    ValueError
        If the shape is another, a number is NaN or negative, or those of an agent do not sum to 1.
    """
    found = _numbers(f"policy of {type(agent).__name__}", policy)
    if found.shape != (n_actions, n):
        raise ValueError(
            f"policy of {type(agent).__name__} must have shape (n_actions, n_agents) = ({n_actions}, {n}), "
            f"actions first; got {found.shape}"
        )
    total = found.sum(axis=0)
    # NaN is not close to anything.
    wrong = ~((np.abs(total - 1) < 1e-6) & (found >= 0).all(axis=0))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise ValueError(
            f"policy of {type(agent).__name__} must be probabilities that sum to 1 over the first axis, the actions; "
            f"those of agent {place} are {found[:, place].tolist()}"
        )
    return found


def checked_error(agent: Any, error: Any, n: int) -> Floats:
    """Return the errors (n,) that `update` returned, or say what is wrong with them.

    Raises
    ------
    TypeError
        If they are not an array of numbers.
    ValueError
        If the shape is another, or an error infinite.
    """
    found = _numbers(f"error that update of {type(agent).__name__} returns", error)
    if found.shape not in ((n,), ()):
        raise ValueError(
            f"error that update of {type(agent).__name__} returns must have shape (n_agents,) = ({n},); "
            f"got {found.shape}"
        )
    # NaN stands for no error.
    if np.isinf(found).any():
        raise ValueError(f"error that update of {type(agent).__name__} returns must be finite; got {shown(found)}")
    return found


def only_offered(policy: Floats, offered: Bools | None) -> Floats:
    """Return choice probabilities (n_actions, n) without the actions that are not offered.

    What is left is scaled to sum to 1; an agent who wants nothing that is offered chooses evenly.
    """
    if offered is None or not policy[~offered].any():
        return policy
    kept = np.where(offered, policy, 0.0)
    total = kept.sum(axis=0)
    even = offered / offered.sum(axis=0)
    return np.where(total > 0, kept / np.where(total > 0, total, 1.0), even)


def _numbers(name: str, value: Any) -> Floats:
    found = np.asarray(value)
    if found.dtype.kind not in "iufb":
        raise TypeError(f"{name} must be an array of numbers; got {value!r}")
    return found if found.dtype == np.float64 else found.astype(np.float64)


def checked_memory(agent: Any, memory: Any) -> Any:
    """Return a memory if it is of the class that the agent's `init` is declared to return, where that is a class."""
    made = signature(agent.init).return_annotation
    if (
        isinstance(made, str)
        and made.endswith("Memory")
        and made not in [kind.__name__ for kind in type(memory).__mro__]
    ):
        raise TypeError(f"memory must be a {made}; got {shown(memory)}")
    made = get_origin(made) or made
    if isinstance(made, type) and made is not Signature.empty:
        instance("memory", memory, made)
    return memory
