"""Configural cues and occasion setters: stimuli of a schedule that stand for others together, or in sequence."""

from itertools import combinations

import numpy as np

from rpe._checks import Floats, count, scalar
from rpe.schedules import Schedule


def with_configural_cues(s: Schedule, *, size: int = 2, level: float = 1.0) -> Schedule:
    """Configural cues: a schedule in which every compound has a unique cue of its own, beside its elements.

    Any theory that reads the schedule then solves negative patterning and biconditional discriminations.

    Parameters
    ----------
    s : Schedule
    size : int
        Up to how many stimuli a unique cue stands for, from 2 on.
    level : float
        Level of a unique cue where all its stimuli are at 1, ≥ 0; in general times the product of theirs.

    Returns
    -------
    Schedule
        With stimuli such as "A·B" behind those of `s`; only compounds that are shown have one.

    References
    ----------
    Rescorla, R. A. (1973). Evidence for "unique stimulus" account of configural conditioning. Journal of
    Comparative and Physiological Psychology 85(2), 331-338. doi:10.1037/h0035046 (DOI from memory)

    Examples
    --------
    >>> import rpe
    >>> s = with_configural_cues(rpe.schedules.design("A+ x40, B+ x40, AB- x40", rng=0))
    >>> s.stimuli
    ('A', 'B', 'A·B')
    """
    strength = scalar("level", level, 0)
    names, levels = list(s.stimuli), [s.level]
    for n in range(2, count("size", size, 2) + 1):
        for together in combinations(range(len(s.stimuli)), n):
            unique = s.level[:, :, list(together)].prod(axis=2)
            if unique.any():
                names.append("·".join(s.stimuli[i] for i in together))
                levels.append(strength * unique[..., None])
    return s.with_stimuli(names, np.concatenate(levels, axis=2))


def configural_cues(s: Schedule, *, size: int = 2, level: float = 1.0) -> Floats:
    """Configural representation: x = the levels of all stimuli, and of a unique cue for every compound.

    Parameters
    ----------
    s, size, level
        As in `with_configural_cues`.

    Returns
    -------
    float array (n_trials, n_steps, n_features)

    Examples
    --------
    >>> import rpe
    >>> configural_cues(rpe.schedules.design("AB+, A-", random=False)).max(axis=1)
    array([[1., 1., 1.],
           [1., 0., 0.]])
    """
    return with_configural_cues(s, size=size, level=level).level


def with_occasion_setters(s: Schedule, *, level: float = 1.0) -> Schedule:
    """Occasion setting: a schedule in which a cue that came on before a target is a stimulus with that target.

    A feature that precedes its target modulates it ("B→A" is on with A wherever B came on earlier in the
    trial); one that comes on together with it has no such stimulus, and acts by its own strength.

    Parameters
    ----------
    s : Schedule
    level : float
        Level of a setter with a target at 1, ≥ 0.

    Returns
    -------
    Schedule
        With stimuli such as "B→A" behind those of `s`.

    References
    ----------
    Holland, P. C. (1983). Occasion-setting in Pavlovian feature positive discriminations. In Quantitative Analyses
    of Behavior 4: Discrimination Processes, 183-206 (from memory). The unit for a sequence is the library's.

    Examples
    --------
    >>> import rpe
    >>> s = with_occasion_setters(rpe.schedules.design("B>A+ x5, A- x5", rng=0))
    >>> s.stimuli
    ('B', 'A', 'B→A')
    """
    strength = scalar("level", level, 0)
    onset = s.onset
    # How a stimulus stands to the onset of another: whether it had come on in an earlier step.
    seen = np.asarray(np.cumsum(onset, axis=1) - onset > 0)
    names, levels = list(s.stimuli), [s.level]
    for setter in range(len(s.stimuli)):
        for target in range(len(s.stimuli)):
            before = seen[:, :, setter] & onset[:, :, target]
            on = np.cumsum(before, axis=1) > 0
            setting = np.where(on, s.level[:, :, target], 0.0)
            if setter != target and setting.any():
                names.append(f"{s.stimuli[setter]}→{s.stimuli[target]}")
                levels.append(strength * setting[..., None])
    return s.with_stimuli(names, np.concatenate(levels, axis=2))
