"""Well-being from moment to moment: decayed sums of what was sure, what was expected, and what surprised."""

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, numbers, scalar

WEIGHTS = (0.5, 0.4, 0.8)


def happiness(
    expected: npt.ArrayLike,
    error: npt.ArrayLike,
    certain: npt.ArrayLike = 0.0,
    *,
    weights: tuple[float, float, float] = WEIGHTS,
    forgetting: float = 0.6,
    baseline: float = 0.0,
) -> Floats:
    """Return momentary happiness, w₀ + w₁ Σ_j γ^(t−j) CR_j + w₂ Σ_j γ^(t−j) EV_j + w₃ Σ_j γ^(t−j) RPE_j, j ≤ t.

    Parameters
    ----------
    expected, error : float array (..., n_moments)
        EV, what was expected at each event, and RPE, what came less that; reward units.
    certain : float array (..., n_moments), optional
        CR, what came for sure.
    weights : tuple of float
        w₁, w₂, w₃, of certain, expected and error. The defaults have the published order (errors weigh
        more than expectations) and sizes from memory: provisional.
    forgetting : float
        γ in [0, 1] per moment (default provisional: from memory).
    baseline : float
        w₀.

    Returns
    -------
    float array (..., n_moments)

    Raises
    ------
    TypeError, ValueError
        For numbers out of range, or shapes that do not fit.

    References
    ----------
    Rutledge, R. B., Skandali, N., Dayan, P. & Dolan, R. J. (2014). A computational and neural model of
    momentary subjective well-being. PNAS 111(33), 12252-12257. doi:10.1073/pnas.1407535111, Eq. 1

    Examples
    --------
    >>> happiness([0, 0, 0], [1, 0, 0], weights=(0, 0, 1), forgetting=0.5)
    array([1.  , 0.5 , 0.25])
    """
    parts = [numbers(name, x) for name, x in (("certain", certain), ("expected", expected), ("error", error))]
    known = numbers("weights", weights)
    if known.shape != (3,):
        raise ValueError(f"weights must be three numbers; got {weights!r}")
    gamma = scalar("forgetting", forgetting, 0, 1)
    try:
        drive = np.broadcast_arrays(*parts)
    except ValueError as error_:
        shapes = ", ".join(str(part.shape) for part in parts)
        raise ValueError(f"certain, expected and error must fit one shape; got {shapes}") from error_
    total: Floats = np.atleast_1d(known[0] * drive[0] + known[1] * drive[1] + known[2] * drive[2])
    moments = np.zeros_like(total)
    state = np.zeros(total.shape[:-1])
    for t in range(total.shape[-1]):
        state = gamma * state + total[..., t]
        moments[..., t] = state
    return np.asarray(scalar("baseline", baseline) + moments)
