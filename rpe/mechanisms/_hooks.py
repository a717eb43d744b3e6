"""What the hooks of a mechanism return, looked at the first time that they are called."""

from typing import Any

import numpy as np

from rpe._checks import numbers, shown
from rpe.tasks import Step


def check_choice(mechanism: Any, policy: Any, bias: Any, n: int) -> None:
    """Raise unless `base_policy` returned probabilities (n_actions, n), and `log_bias` numbers of that shape or None.

    Raises
    ------
    TypeError, ValueError
        If it did not; the message names the mechanism and the hook.
    """
    name = type(mechanism).__name__
    base = numbers(f"base_policy of {name}", policy)
    if base.ndim != 2 or base.shape[1] != n or (base < 0).any() or np.abs(base.sum(axis=0) - 1).max() > 1e-6:
        raise ValueError(
            f"base_policy of {name} must be probabilities (n_actions, {n}) that sum to 1 over the actions; "
            f"got shape {base.shape}"
        )
    if bias is not None and numbers(f"log_bias of {name}", bias).shape != base.shape:
        raise ValueError(f"log_bias of {name} must have shape (n_actions, n) = {base.shape}; got {np.shape(bias)}")


def check_step(mechanism: Any, step: Any, n: int) -> None:
    """Raise unless `transform_step` returned a step of n agents whose quantities are finite.

    Raises
    ------
    TypeError, ValueError
        If it did not; the message names the mechanism and the quantity.
    """
    name = type(mechanism).__name__
    if not isinstance(step, Step):
        raise TypeError(f"transform_step of {name} must return a Step; got {shown(step)}")
    for quantity in ("reward", "effort", "points", "pseudo_reward"):
        value = numbers(f"{quantity} that transform_step of {name} returns", getattr(step, quantity))
        if value.shape not in ((), (n,)):
            raise ValueError(
                f"{quantity} that transform_step of {name} returns must have shape ({n},); got {value.shape}"
            )
