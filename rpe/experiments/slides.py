"""Slides of a page of panels: each panel as an image of its own, with text of at least 14 points."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

SLIDE = (13.333, 7.5)
"""Size of a slide, in inches."""
LEAST_POINTS = 14.0
_DPI = 144
# Text of a page is 7 points or more: a page this wide has 14 where it is as wide as a slide.
_PAGE_WIDTH = 7 / LEAST_POINTS * SLIDE[0]
_HIGHEST = 7 / LEAST_POINTS * SLIDE[1]


def slide_writers(figure: "Figure") -> list[Callable[[Path], None]]:
    """Return what writes each panel of a figure made by `rpe.plots.page` as a PNG that fills a slide.

    There are none of other figures, nor of panels that are too high to be legible on a slide.
    """
    n_rows = len({round(part.bbox.y0) for part in figure.subfigs})
    if n_rows and figure.get_figheight() / n_rows <= _HIGHEST:
        return [_writer(figure, part) for part in figure.subfigs]
    return []


def _writer(figure: "Figure", part: "SubFigure") -> Callable[[Path], None]:
    def save(path: Path) -> None:
        with laid_out(figure, page_width(figure, part)):
            box = part.bbox.transformed(figure.dpi_scale_trans.inverted())
            scale = min(SLIDE[0] / box.width, SLIDE[1] / box.height)
            figure.savefig(path, format="png", dpi=_DPI * scale, bbox_inches=box)

    return save


def page_width(figure: "Figure", part: "SubFigure") -> float:
    """Return the width of the page, in inches, on which a panel is laid out for its slide.

    As wide as its text allows where the panel is as wide as the page, and the figure's own width otherwise.
    """
    return _PAGE_WIDTH if part.bbox.width / figure.dpi > _PAGE_WIDTH else float(figure.get_figwidth())


@contextmanager
def laid_out(figure: "Figure", width: float) -> Iterator[None]:
    """Lay out a page of a width, once for all that is drawn of it meanwhile."""
    own, engine = figure.get_figwidth(), figure.get_layout_engine()
    figure.set_figwidth(width)
    try:
        # Places follow from the layout, which follows from the size.
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        yield
    finally:
        figure.set_layout_engine(engine)
        figure.set_figwidth(own)
