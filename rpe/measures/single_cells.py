"""Single dopamine cells: from responses to rewards of several sizes to where each cell reverses, and how lopsided."""

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, numbers


def reversal_points(errors: npt.ArrayLike, sizes: npt.ArrayLike) -> Floats:
    """Reversal point of each cell: the size of reward to which it does not respond, by linear interpolation.

    Parameters
    ----------
    errors : float array (n_cells, n_sizes)
        Responses to rewards of these sizes, such as `more["cells"]` of a theory in probe trials, which rise.
    sizes : float array (n_sizes,)
        Rewards, in reward units, which rise.

    Returns
    -------
    float array (n_cells,)
        The smallest or largest size for cells whose sign never changes.

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match, or sizes that do not rise.

    References
    ----------
    Dabney, W. et al. (2020). A distributional code for value in dopamine-based reinforcement learning. Nature 577,
    671-675. doi:10.1038/s41586-019-1924-6

    Examples
    --------
    >>> reversal_points([[-1.0, 0.0, 4.0], [-3.0, -1.0, 3.0]], [1.0, 2.0, 6.0])
    array([2., 3.])
    """
    x, y = _checked(errors, sizes)
    return np.array([np.interp(0.0, each, x) for each in y])


def slope_asymmetries(errors: npt.ArrayLike, sizes: npt.ArrayLike) -> Floats:
    """Asymmetry of each cell's responses, τ = β⁺/(β⁺ + β⁻): slopes above and below its reversal point.

    Slopes are those of lines through the reversal point, by least squares.

    Parameters
    ----------
    errors : float array (n_cells, n_sizes)
        As in `reversal_points`.
    sizes : float array (n_sizes,)

    Returns
    -------
    float array (n_cells,)
        NaN for cells that have no size on one of the two sides.

    Raises
    ------
    TypeError, ValueError
        As `reversal_points`.

    References
    ----------
    Dabney, W. et al. (2020). A distributional code for value in dopamine-based reinforcement learning. Nature 577,
    671-675. doi:10.1038/s41586-019-1924-6

    Examples
    --------
    >>> slope_asymmetries([[-1.0, 0.0, 3.0]], [0.0, 2.0, 4.0])
    array([0.75])
    """
    x, y = _checked(errors, sizes)
    away = x - reversal_points(y, x)[:, None]
    above, below = (_slopes(away, y, side) for side in (away > 0, away < 0))
    return np.asarray(above / (above + below))


def _slopes(x: Floats, y: Floats, side: npt.NDArray[np.bool_]) -> Floats:
    """Slopes of lines through 0 by least squares, of the points on one side; NaN without any."""
    products, squares = (x * y * side).sum(axis=1), (x**2 * side).sum(axis=1)
    return np.where(squares > 0, products / np.where(squares > 0, squares, 1.0), np.nan)


def _checked(errors: npt.ArrayLike, sizes: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, y = numbers("sizes", sizes), numbers("errors", errors)
    if x.ndim != 1 or len(x) < 2 or (np.diff(x) <= 0).any():
        raise ValueError(f"sizes must be two or more that rise, (n_sizes,); got {sizes!r}")
    if y.ndim != 2 or y.shape[1] != len(x):
        raise ValueError(f"errors must have shape (n_cells, {len(x)}); got {y.shape}")
    return x, y
