"""Single cells
============

Dopamine cells differ. In distributional TD each weighs gains and losses in its own way and comes to reverse at a reward
of its own; together they hold the whole distribution of rewards. In multi-timescale TD each discounts at its own rate.
Here are their errors, read as a laboratory reads neurons: reversal points, slopes on both sides of them, and the
distribution that they stand for. In the end the optimistic half is silenced.
"""

import matplotlib.pyplot as plt
import numpy as np

import rpe
from rpe.schedules import Trial, sequence
from rpe.theories.distributional import decode, expectiles

# Rewards as Dabney and others (2020) gave them, and probes of every size, which teach nothing.
SIZES = np.array([0.1, 0.3, 1.2, 2.5, 5.0, 10.0, 20.0])
CHANCES = np.array([0.066, 0.091, 0.148, 0.155, 0.312, 0.151, 0.077])
kinds = {f"{size:g}": Trial({"A": (0.5, 1.5)}, {1.5: size}) for size in SIZES}
probes = {f"{size:g}?": Trial({"A": (0.5, 1.5)}, {1.5: size}, learning=False) for size in SIZES}
order = np.random.default_rng(0).choice(list(kinds), 3000, p=CHANCES / CHANCES.sum()).tolist()
s = sequence(kinds | probes, [*order, *probes], dt=0.25, duration=2.5, gap=10.0)

# %%
# The errors of all cells to small, middle and large rewards
theory = rpe.theories.DistributionalTD(n_cells=40, rate_sum=0.04, cells=True)
learned = theory.learn(s)
cells = learned.more["cells"]
at = [trial for trial in np.flatnonzero(s.probe) if s.kinds[s.kind[trial]] in ("0.3?", "5?", "20?")]
with rpe.plots.style(width=7.2, height=2.8):
    axes = plt.subplots(1, 3)[1]
    for ax, trial in zip(axes, at, strict=True):
        events = {"cue": 0.5, s.kinds[s.kind[trial]].rstrip("?"): 1.5}
        rpe.plots.cell_errors(
            cells[:, trial], s.dt, of_cells=theory.asymmetries, label="asymmetry τ", events=events, ax=ax
        )

# %%
# Where each cell reverses, against the asymmetry that its slopes show; the line is what theory expects
responses = cells[:, s.probe, s.step_of(1.5)]
reversal = rpe.measures.reversal_points(responses, SIZES)
tau = np.linspace(0.02, 0.98, 49)
with rpe.plots.style(width=7.2, height=2.8):
    left, right = plt.subplots(1, 2)[1]
    expected = [tau, expectiles(SIZES, CHANCES, tau)]
    rpe.plots.reversal_points(reversal, theory.asymmetries, mean=float(CHANCES @ SIZES), expected=expected, ax=left)
    # Imputation: equally likely rewards whose expectiles are nearest to the reversal points.
    samples = decode(reversal, theory.asymmetries, n_samples=60, low=0.0, high=20.0)
    rpe.plots.decoded_distribution(samples, SIZES, CHANCES, n_bins=12, ax=right)

# %%
# Cells of several time scales tell when: those that look far ahead answer to the cue, the others to the reward
timed = sequence({"A+": Trial({"A": (0.5, 3.5)}, {3.5: 1.0})}, ["A+"] * 400, dt=0.25, duration=4.5, gap=20.0)
scales = rpe.theories.MultiTimescaleTD(shortest=0.2, longest=20.0, n_cells=30, cells=True)
with rpe.plots.style(width=4.6, height=2.8):
    late = scales.learn(timed).more["cells"][:, -1]
    rpe.plots.cell_errors(
        late, timed.dt, of_cells=scales.time_constants, label="time constant (s)", events={"cue": 0.5, "reward": 3.5}
    )

# %%
# Silencing the optimistic half at the reward (no firing) leaves the others as they were
silenced = s.manipulate("clamp", 0.0, target="firing", cells=(0.5, 1.0))
found = theory.learn(silenced).more["cells"][:, s.probe, s.step_of(1.5)]
same = np.array_equal(found[:20], responses[:20])
print(f"the pessimistic half as before: {same}; the optimistic half answers {np.unique(found[20:])} to every reward")
