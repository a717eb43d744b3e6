"""An agent of your own on our task: anything with init, policy and update will do."""

import numpy as np

import rpe


class WinStay:
    """Repeats what it did last if that paid, else does something else; it never plans."""

    def init(self, task, n_agents):
        return {"last": np.zeros(n_agents, dtype=int), "paid": np.zeros(n_agents, dtype=bool), "n": task.n_actions}

    def policy(self, memory, state):
        stay = np.where(memory["paid"], 0.9, 0.1)
        chosen = np.tile((1 - stay) / (memory["n"] - 1), (memory["n"], 1))
        chosen[memory["last"], np.arange(len(state))] = stay
        return chosen

    def update(self, memory, state, action, step, active):
        memory["last"], memory["paid"] = action, step.reward - step.effort > 0
        return np.zeros(len(state))


class Drill(rpe.tasks.TableTask):
    """A task of one state: drilling pays 1 with a chance of 0.7, resting never."""

    def __init__(self, n_steps=50):
        tables = rpe.tasks.Tables(
            next_state=np.zeros((2, 1, 2), dtype=int),
            luck_probability=np.array([0.7, 0.3])[:, None, None],
            reward=np.array([[[1.0, 0.0]], [[0.0, 0.0]]]),
            effort=np.zeros((1, 1, 1)),
            terminated=np.zeros((1, 1, 1), dtype=bool),
            available=np.ones((1, 2), dtype=bool),
        )
        super().__init__(tables, n_steps)


history = rpe.simulate.run(WinStay(), Drill(), n_agents=500, n_trials=4, rng=0)
print(f"mean reward per trial: {rpe.measures.welfare(history).mean():.1f} of 50 (chance level 17.5)")
