"""What a demo lets one change, and what each of its two demos shares: a figure that is changed, not drawn anew."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from io import BytesIO
from typing import Any, ClassVar, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from rpe._checks import choice, count, flag, scalar, sequence, text
from rpe.plots import Picture, describe, style

Value = float | str


@dataclass(frozen=True)
class Control:
    """A parameter of a demo.

    Attributes
    ----------
    name : str
        Of the keyword argument of `View.show`.
    label : str
        What the slider is called, with the symbol.
    value : float, int or str
        Where it starts.
    low, high : float or int
        The ends of a slider; not used with options.
    log : bool
        Whether the slider is logarithmic.
    options : tuple of (str, str)
        Label and value of each option, instead of a slider.
    about : str
        What it means, with the unit.

    Examples
    --------
    >>> import rpe
    >>> k = rpe.demos.Control("k", "discount rate (per step)", 0.08, 0.01, 1.0, log=True)
    >>> k.checked(0.2)
    0.2
    """

    name: str
    label: str
    value: Value
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    options: tuple[tuple[str, str], ...] = ()
    about: str = ""

    def __post_init__(self) -> None:
        for name in ("name", "label", "about"):
            text(name, getattr(self, name))
        flag("log", self.log)
        for option in sequence("options", self.options):
            if len(sequence("options", option)) != 2:
                raise ValueError(f"options must be pairs of label and value; got {option!r}")
            for part in option:
                text("options", part)
        if not self.options:
            scalar("high", self.high, scalar("low", self.low), open_low=True)
        self.checked(self.value)

    def checked(self, value: Value) -> Value:
        """Return a value that the control allows.

        Raises
        ------
        TypeError, ValueError
            For a value of another kind, or outside the ends of the slider.
        """
        name = f"value of {self.name}"
        if self.options:
            return choice(name, value, tuple(each for _, each in self.options))
        if isinstance(self.value, int):
            return count(name, value, int(self.low), int(self.high))
        return scalar(name, value, self.low, self.high)


class View(ABC):
    """A figure with controls: `show(**values)` changes it, and returns it as a picture with words.

    A subclass names its `controls`, builds its artists once in `build`, which returns those that move,
    and changes them in `change`, which returns what is to be seen in a sentence. What does not move
    is drawn once.

    Attributes
    ----------
    controls : tuple of Control
    size : (float, float)
        Of the figure, inches.
    sentence : str
        What is to be seen, with the numbers to four digits.

    Examples
    --------
    >>> import rpe
    >>> class Line(rpe.demos.View):
    ...     controls = (rpe.demos.Control("slope", "slope", 1.0, 0.0, 2.0),)
    ...     def build(self):
    ...         self.line = self.figure.subplots().plot([0, 1], [0, 1])[0]
    ...         return [self.line]
    ...     def change(self, slope):
    ...         self.line.set_ydata([0, slope])
    ...         return f"The slope is {slope:g}."
    >>> view = Line()
    >>> picture = view.show(slope=0.5)
    >>> view.sentence
    'The slope is 0.5.'
    """

    controls: ClassVar[tuple[Control, ...]] = ()
    size: ClassVar[tuple[float, float]] = (8.0, 4.0)

    def __init__(self) -> None:
        self.values = {control.name: control.value for control in self.controls}
        with style(width=self.size[0], height=self.size[1]):
            self.figure = Figure(figsize=self.size, dpi=100, layout="constrained")
            # matplotlib has no types for what Agg's canvas adds.
            self.canvas = cast(Any, FigureCanvasAgg(self.figure))
            self.moving = self.build()
            self.sentence = self.change(**self.values)
            # The room for names is found once: finding it anew takes longer than drawing, and makes axes jump.
            self.figure.draw_without_rendering()
            self.figure.set_layout_engine("none")
        for artist in self.moving:
            artist.set_animated(True)
        self.canvas.draw()
        self._still: Any = self.canvas.copy_from_bbox(self.figure.bbox)

    @abstractmethod
    def build(self) -> list[Artist]:
        """Make the artists; return those that move, from back to front."""

    @abstractmethod
    def change(self, **values: Any) -> str:
        """Change the artists to these values, and say in a sentence what is to be seen."""

    def show(self, **values: Value) -> Picture:
        """Return the picture for some new values; the others stay.

        Raises
        ------
        TypeError, ValueError
            For an unknown name, or a value outside the ends of its slider.
        """
        known = {control.name: control for control in self.controls}
        for name in values:
            choice("name", name, tuple(known))
        self.values |= {name: known[name].checked(value) for name, value in values.items()}
        self.sentence = self.change(**self.values)
        for ax in self.figure.axes:
            ax.relim()
        return Picture(self._png(), f"{self.sentence} {describe(self.figure)}")

    def _png(self) -> bytes:
        """Draw what moves over what does not."""
        self.canvas.restore_region(self._still)
        for artist in self.moving:
            artist.draw(self.canvas.get_renderer())
        out = BytesIO()
        Image.fromarray(np.asarray(self.canvas.buffer_rgba())[..., :3]).save(out, "png", compress_level=1)
        return out.getvalue()
