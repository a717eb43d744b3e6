"""Live pages: questions about prediction errors and micro wins, with sliders over results computed beforehand."""

from rpe.demos.live.html import write
from rpe.demos.live.page import Dataset, LivePage, Slider

__all__ = ["Dataset", "LivePage", "Slider", "write"]


def __dir__() -> list[str]:
    return list(__all__)
