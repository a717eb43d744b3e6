"""Panels on a page: each in a part of its own, none left empty."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rpe._checks import count, scalar
from rpe.plots import house

WIDTH = 180 / 25.4
"""Width of a page, in inches."""


def page(n_panels: int, *, columns: int = 2, height: float = 2.6) -> tuple[Figure, list[Axes]]:
    """Return a figure as wide as a page (180 mm), in the house style, and its panels row by row.

    A last panel without a neighbour takes the whole row, so that no quadrant is empty. Each panel is laid out in a
    part of its own, so that names beside the curves of one take nothing of another.

    Parameters
    ----------
    n_panels : int
        At least 1.
    columns : int
        Panels in a row, at least 1.
    height : float
        Of a row, in inches, more than 0.

    Returns
    -------
    matplotlib Figure, list of Axes

    Raises
    ------
    TypeError, ValueError
        For numbers out of range.

    Examples
    --------
    >>> import rpe
    >>> figure, panels = rpe.plots.page(3)
    >>> len(panels), [float(round(25.4 * inches)) for inches in figure.get_size_inches()]
    (3, [180.0, 132.0])
    """
    n_panels = count("n_panels", n_panels)
    columns = min(count("columns", columns), n_panels)
    height = scalar("height", height, 0, open_low=True)
    n_rows = -(-n_panels // columns)
    with house.style():
        figure = Figure(figsize=(WIDTH, height * n_rows), layout="constrained")
        grid = figure.add_gridspec(n_rows, columns)
        panels = []
        for i in range(n_panels):
            row, column = divmod(i, columns)
            last = i == n_panels - 1
            place = grid[row, column:] if last else grid[row, column]
            panels.append(figure.add_subfigure(place).subplots())
    return figure, panels
