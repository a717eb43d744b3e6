"""Live page: sliders over grids that were computed beforehand, charts that follow them, a sentence that answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, choice, flag, instance, mapping, scalar, sequence, text

Value = float | str
Spec = Mapping[str, Any]


@dataclass(frozen=True)
class Slider:
    """Slider, or menu, of a live page: one axis of its grids.

    Parameters
    ----------
    name : str
        Of the axis.
    label : str
        What readers see, with the symbol of the field.
    values : sequence of float or str
        The positions, in order, at least one; words make a menu.
    start : float or str
        The position at the beginning; one of the values.
    unit : str
        What follows the value, as in "per step"; also read out by screen readers.
    texts : sequence of str, optional
        What stands for each value in place of the number, such as "nobody" for 0.
    plays : bool
        Whether the play button moves this slider.

    Raises
    ------
    ValueError
        If start is not one of the values, or texts has another length.

    Examples
    --------
    >>> Slider("k", "discount rate k", (0.01, 0.1), 0.1, "per step").texts
    ('0.01 per step', '0.1 per step')
    """

    name: str
    label: str
    values: Sequence[Value]
    start: Value
    unit: str = ""
    texts: Sequence[str] = ()
    plays: bool = False

    def __post_init__(self) -> None:
        for name in ("name", "label", "unit"):
            text(name, getattr(self, name))
        flag("plays", self.plays)
        sequence("texts", self.texts)
        for value in sequence("values", self.values):
            # Infinity is a place on a slider like others, as for one who always takes the best.
            if not isinstance(value, str) and value not in (float("inf"), -float("inf")):
                scalar("values", value)
        if not isinstance(self.start, str):
            scalar("start", self.start if self.start not in (float("inf"), -float("inf")) else 0.0)
        if self.start not in self.values:
            raise ValueError(f"start must be one of the values of slider {self.name!r}; got {self.start!r}")
        texts = tuple(self.texts) or tuple(f"{_shown(value)} {self.unit}".strip() for value in self.values)
        if len(texts) != len(self.values):
            raise ValueError(f"texts must have one entry a value ({len(self.values)}); got {len(texts)}")
        object.__setattr__(self, "values", tuple(self.values))
        object.__setattr__(self, "texts", texts)

    @property
    def is_menu(self) -> bool:
        """Whether the positions are words."""
        return isinstance(self.values[0], str)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows of a chart: columns that stay, and columns that depend on sliders.

    Parameters
    ----------
    over : sequence of str
        Names of the sliders that the values depend on, in the order of the axes.
    rows : mapping of str to sequence
        Columns that stay, each (n_rows,): times, names of curves.
    values : mapping of str to array-like
        Columns that move: an axis for each slider, then (n_rows,); NaN where there is nothing to draw.

    Examples
    --------
    >>> import rpe
    >>> data = rpe.demos.Dataset(["k"], {"step": [0, 1]}, {"done": [[0.0, 0.5], [0.0, 0.2]]})
    >>> data.over
    ['k']
    """

    over: Sequence[str]
    rows: Mapping[str, Sequence[Any] | npt.NDArray[Any]]
    values: Mapping[str, npt.ArrayLike]

    def __post_init__(self) -> None:
        for name in sequence("over", self.over):
            text("over", name)
        mapping("rows", self.rows)
        mapping("values", self.values)


@dataclass(frozen=True, eq=False)
class LivePage:
    """Live page: a question, sliders, charts that follow them, and a sentence that answers.

    Parameters
    ----------
    key : str
        Of the address within the file.
    title, question, about : str
        The heading, what the page asks, and what was computed, with the source.
    sliders : sequence of Slider
    presets : mapping of str to mapping of str to value
        What each button sets; sliders that it does not name go back to their start.
    charts : mapping of str to Vega-Lite specification
        A caption and a chart. A chart takes its data by name: {"data": {"name": "curves"}}.
    datasets : mapping of str to Dataset
    sentences : array of str
        What is to be seen, for every position of the sliders in `told_by`.
    told_by : sequence of str
        Sliders that the sentence depends on, in the order of its axes.

    Raises
    ------
    ValueError
        If a grid does not have one entry for every position of its sliders, or a preset names a
        slider or value that is not there.

    Examples
    --------
    >>> import numpy as np
    >>> page = LivePage(
    ...     key="double", title="Double", question="What is twice x?", about="2x.",
    ...     sliders=[Slider("x", "x", (1.0, 2.0), 1.0)], presets={},
    ...     charts={"Twice x": {"data": {"name": "d"}, "mark": "bar", "encoding": {"y": {"field": "y"}}}},
    ...     datasets={"d": Dataset(["x"], {}, {"y": [[2.0], [4.0]]})},
    ...     sentences=np.array(["It is 2.", "It is 4."]), told_by=["x"],
    ... )
    >>> page.packed()["sliders"][0]["texts"]
    ['1', '2']
    """

    key: str
    title: str
    question: str
    about: str
    sliders: Sequence[Slider]
    presets: Mapping[str, Mapping[str, Value]]
    charts: Mapping[str, Spec]
    datasets: Mapping[str, Dataset]
    sentences: npt.NDArray[np.str_]
    told_by: Sequence[str] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        for name in ("key", "title", "question", "about"):
            text(name, getattr(self, name))
        for name in ("presets", "charts", "datasets"):
            mapping(name, getattr(self, name))
        sequence("told_by", self.told_by)
        known = {instance("sliders", slider, Slider).name: slider for slider in sequence("sliders", self.sliders)}
        for name, preset in self.presets.items():
            for which, value in preset.items():
                if which not in known or value not in known[which].values:
                    raise ValueError(f"preset {name!r} must set sliders to their values; got {which}={value!r}")
        for name in self.told_by:
            choice("told_by", name, known)
        _fits("sentences", np.shape(self.sentences), [known[name] for name in self.told_by])
        for name, data in self.datasets.items():
            instance(f"datasets[{name!r}]", data, Dataset)
            over = [known[slider] for slider in data.over]
            lengths = {len(column) for column in data.rows.values()}
            for column, values in data.values.items():
                shape = np.shape(values)
                _fits(f"{name}.{column}", shape[:-1], over)
                lengths.add(shape[-1])
            if len(lengths) != 1:
                raise ValueError(f"columns of {name} must have one length; got {sorted(lengths)}")

    def packed(self) -> dict[str, Any]:
        """Return the page as what JSON can hold, with grids as 16-bit integers."""
        return {
            "key": self.key,
            "sliders": [_packed_slider(slider) for slider in self.sliders],
            "presets": [self._positions(preset) for preset in self.presets.values()],
            "charts": list(self.charts.values()),
            "datasets": {name: _packed_dataset(data) for name, data in self.datasets.items()},
            "sentences": {"over": list(self.told_by), "texts": np.asarray(self.sentences).ravel().tolist()},
        }

    def _positions(self, preset: Mapping[str, Value]) -> dict[str, int]:
        return {each.name: each.values.index(preset[each.name]) for each in self.sliders if each.name in preset}


def _fits(name: str, shape: tuple[int, ...], sliders: Sequence[Slider]) -> None:
    wanted = tuple(len(slider.values) for slider in sliders)
    if shape != wanted:
        axes = ", ".join(slider.name for slider in sliders)
        raise ValueError(f"{name} must have one entry for each position of ({axes}), {wanted}; got {shape}")


def _packed_slider(slider: Slider) -> dict[str, Any]:
    return {
        "name": slider.name,
        "texts": list(slider.texts),
        "start": slider.values.index(slider.start),
        "plays": slider.plays,
    }


def _packed_dataset(data: Dataset) -> dict[str, Any]:
    rows = {name: np.asarray(column).tolist() for name, column in data.rows.items()}
    values = {name: _packed(np.asarray(column, float)) for name, column in data.values.items()}
    return {"over": list(data.over), "rows": rows, "values": values}


def _packed(values: Floats) -> dict[str, Any]:
    """Numbers in 65,535 steps between their least and greatest, which no screen can show finer; NaN is 65,535."""
    from base64 import b64encode

    missing = np.isnan(values)
    if np.isinf(values).any():
        raise ValueError("values must be finite, or NaN where there is nothing; got infinity")
    low, high = (values[~missing].min(), values[~missing].max()) if not missing.all() else (0.0, 0.0)
    scale = (high - low) / 65_534 or 1.0
    steps = np.where(missing, 65_535, np.rint((np.where(missing, low, values) - low) / scale)).astype("<u2")
    return {
        "low": float(low),
        "scale": float(scale),
        "rows": int(values.shape[-1]),
        "bytes": b64encode(steps.tobytes()).decode(),
    }


def _shown(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.3g}" if value != int(value) else f"{int(value):,}"
