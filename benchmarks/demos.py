"""How long a demo takes from a moved slider to the new picture, on one core: every slider, many places.

Prints the median and the longest of each demo, in ms; the goal is 100 ms.
"""

import time
from statistics import median

import numpy as np

from rpe.demos import CueShift, MicroWins, demo


def places(control, slider, rng):
    if control.options:
        return [value for _, value in control.options]
    if isinstance(control.value, int):
        return rng.integers(control.low, control.high + 1, 20).tolist()
    if control.log:
        return np.exp(rng.uniform(np.log(control.low), np.log(control.high), 20)).tolist()
    return rng.uniform(control.low, control.high, 20).tolist()


def main():
    rng = np.random.default_rng(0)
    for make in (CueShift, MicroWins):
        view = make()
        sliders = demo(view).children[0].children
        took = []
        for control, slider in zip(view.controls, sliders, strict=True):
            for value in places(control, slider, rng):
                start = time.perf_counter()
                slider.value = value
                took.append(1000 * (time.perf_counter() - start))
        print(f"{make.__name__:10} median {median(took):.0f} ms, longest {max(took):.0f} ms; must 100")


if __name__ == "__main__":
    main()
