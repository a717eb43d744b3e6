"""The demos as widgets: sliders beside a figure that follows them."""

import sys
from functools import partial
from math import log10
from typing import Any

from rpe.demos.controls import Control, View

REMEDY = f"install it with: {sys.executable} -m pip install ipywidgets"

_WIDTH = "34em"
_LOG_STEP = 0.01


def demo(view: View) -> Any:
    """Return a view with a slider for each of its controls, and its sentence under the figure.

    Parameters
    ----------
    view : View

    Returns
    -------
    ipywidgets.VBox
        In a notebook it is shown; `.view` is the view.

    Raises
    ------
    ModuleNotFoundError
        Without ipywidgets.

    Examples
    --------
    >>> import rpe
    >>> box = rpe.demos.demo(rpe.demos.CueShift())
    >>> [slider.description for slider in box.children[0].children][:2]
    ['learning rate α', 'discount γ']
    """
    ipywidgets = _ipywidgets()
    figure, sentence = ipywidgets.HTML(), ipywidgets.HTML()
    sliders = [_slider(ipywidgets, control) for control in view.controls]

    def show(**values: Any) -> None:
        figure.value = view.show(**values)._repr_html_()
        sentence.value = f'<p role="status" style="font-size:1.1em">{view.sentence}</p>'

    def follow(control: Control, change: Any) -> None:
        show(**{control.name: _within(control, change["new"])})

    for control, slider in zip(view.controls, sliders, strict=True):
        slider.observe(partial(follow, control), "value")
    show()
    box = ipywidgets.VBox([ipywidgets.VBox(sliders), figure, sentence])
    box.view = view
    return box


def _slider(ipywidgets: Any, control: Control) -> Any:
    """A slider, logarithmic where the parameter spans decades, or a menu."""
    looks: dict[str, Any] = {
        "description": control.label,
        "tooltip": control.about,
        "style": {"description_width": "12em"},
        "layout": {"width": _WIDTH},
    }
    if control.options:
        return ipywidgets.Dropdown(options=control.options, value=control.value, **looks)
    if isinstance(control.value, int):
        return ipywidgets.IntSlider(control.value, int(control.low), int(control.high), **looks)
    if control.log:
        low, start, high = (log10(float(value)) for value in (control.low, control.value, control.high))
        # Browsers move a slider to its next step; the start must be one.
        ends = {"min": low, "max": high, "step": (start - low) / round((start - low) / _LOG_STEP)}
        return ipywidgets.FloatLogSlider(control.value, base=10, **ends, readout_format=".4g", **looks)
    steps = {"min": control.low, "max": control.high, "step": (control.high - control.low) / 200}
    return ipywidgets.FloatSlider(control.value, **steps, readout_format=".4g", **looks)


def _within(control: Control, value: Any) -> Any:
    """A float within the ends of its slider, which powers of ten may miss by rounding."""
    return min(max(value, control.low), control.high) if isinstance(value, float) else value


def _ipywidgets() -> Any:
    try:
        import ipywidgets
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"demos need ipywidgets; {REMEDY}") from error
    return ipywidgets
