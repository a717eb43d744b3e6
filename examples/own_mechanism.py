"""A mechanism of your own
=======================

Boredom: what was done many times in a row is worth less. A mechanism is an agent around any agent; it
overrides the hooks that it needs, and at weight 0 the agent inside is as it was.
"""

from dataclasses import dataclass

import numpy as np

import rpe


@dataclass(frozen=True, eq=False)
class Boredom(rpe.mechanisms.Mechanism):
    """Boredom: r′ = r − w min(n, 10) / 10, with n the times that the action was just done in a row."""

    weight: float = 0.0

    @property
    def idle(self):
        return self.weight == 0

    def create_memory(self, task, n_agents):
        return {"action": np.full(n_agents, -1), "times": np.zeros(n_agents)}

    def transform_step(self, memory, state, action, step):
        times = np.where(action == memory.own["action"], memory.own["times"], 0.0)
        return step._replace(reward=step.reward - self.weight * np.minimum(times, 10.0) / 10.0)

    def observe(self, memory, state, action, step, active):
        same = action == memory.own["action"]
        here = np.ones(len(action), dtype=bool) if active is None else active
        memory.own["times"][here] = np.where(same, memory.own["times"] + 1, 1.0)[here]
        memory.own["action"][here] = action[here]


learner = rpe.agents.QLearner(learning_rate=0.3, discount=0.0, inverse_temperature=5.0)
arms = rpe.tasks.bandit([0.6, 0.4])
for weight in (0.0, 0.5, 1.0):
    history = rpe.simulate.run(Boredom(learner, weight=weight), arms, n_agents=500, n_trials=300, rng=0, record="all")
    action = history.full.action[:, 100:, 0]
    switches = (action[:, 1:] != action[:, :-1]).mean()
    print(f"weight {weight}: the better arm in {(action == 0).mean():.0%} of choices, a switch in {switches:.0%}")

plain = rpe.simulate.run(learner, arms, n_agents=500, n_trials=300, rng=0)
idle = rpe.simulate.run(Boredom(learner), arms, n_agents=500, n_trials=300, rng=0)
print("weight 0 is the plain agent:", np.array_equal(plain.trials.reward, idle.trials.reward))
