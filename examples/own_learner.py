"""Your learner on our machinery
================================

A learner of your own in one class: expected SARSA for which losses loom larger than gains. It
overrides the utility of a step, and inherits everything else: traces, exploration, many agents at
once, fitting. (`own_agent.py` shows an agent that shares nothing with ours.)
"""

from dataclasses import dataclass

import numpy as np

import rpe


@dataclass(frozen=True, eq=False, kw_only=True)
class LossAverse(rpe.agents.ExpectedSarsa):
    """u = x for x ≥ 0 and λx for x < 0, with x = reward + points − effort (Kahneman & Tversky 1979)."""

    loss_aversion: float = 2.25

    def utility(self, step):
        x = super().utility(step)
        return np.where(x < 0, self.loss_aversion * x, x)


task = rpe.tasks.micro_wins(n_goals=5, effort=3.0)
for loss_aversion in (1.0, 2.25):
    learner = LossAverse(loss_aversion=loss_aversion, learning_rate=0.3, discount=0.98, trace_decay=0.9)
    history = rpe.simulate.run(learner, task, n_agents=100, n_trials=600, rng=0)
    done = history.trials.units[:, -1].mean() / task.n_units
    print(f"loss aversion {loss_aversion}: {done:.0%} of the units done in trial 600")
