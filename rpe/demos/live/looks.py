"""How charts of live pages look: one meaning one colour, axes with names and units."""

from typing import Any

from rpe.measures import CLASSES
from rpe.plots import house
from rpe.plots.class_maps import STYLES

ONE_GOAL, MICRO_WINS, INK, GREY = house.BLUE, house.VERMILLION, house.INK, house.GREY
CLASS_COLOURS = {name: colour for name, (_, colour, _) in zip(CLASSES, STYLES, strict=True)}


def axis(field: str, title: str, low: float, high: float, **more: Any) -> dict[str, Any]:
    """Return a quantitative channel with fixed ends, so that axes stand still while a slider moves."""
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [low, high], "clamp": True, "nice": False},
        **more,
    }


def colours(field: str, of: dict[str, str], title: str | None = None) -> dict[str, Any]:
    """Return a colour channel for these names."""
    scale = {"domain": list(of), "range": list(of.values())}
    return {"field": field, "type": "nominal", "title": title, "scale": scale, "legend": {"orient": "top"}}


def dashes(field: str, names: list[str]) -> dict[str, Any]:
    """Return a channel of dashes, so that curves are told apart without colours."""
    scale = {"domain": names, "range": [[1, 0], [7, 3], [2, 2]][: len(names)]}
    return {"field": field, "type": "nominal", "title": None, "scale": scale}


def rule(value: float, channel: str = "x", *, label: str = "") -> list[dict[str, Any]]:
    """Return layers with a line that does not move, and its name."""
    data, place = {"values": [{"at": value, "name": label}]}, {"field": "at", "type": "quantitative"}
    line = {"data": data, "mark": {"type": "rule", "color": GREY}, "encoding": {channel: place}}
    if not label:
        return [line]
    look = {"type": "text", "align": "left", "dx": 3, "baseline": "top", "color": INK}
    return [
        line,
        {"data": data, "mark": look, "encoding": {channel: place, "y": {"value": 0}, "text": {"field": "name"}}},
    ]


def chart(layers: list[dict[str, Any]], height: int = 260) -> dict[str, Any]:
    """Return a chart as wide as its place."""
    return {"width": "container", "height": height, "autosize": {"type": "fit", "contains": "padding"}, "layer": layers}
