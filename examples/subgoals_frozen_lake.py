"""Micro wins on FrozenLake
========================

Micro wins on somebody else's environment: five arms on the frozen lake, on one budget.
"""

import gymnasium as gym
import numpy as np

import rpe

# Landmarks on the safe way over the large lake, in order.
LANDMARKS = (16, 26, 38, 55)
STEPS = [2, 6, 10, 13, 14]
learner = rpe.agents.QLearner(learning_rate=0.3, discount=0.95, inverse_temperature=30.0)


def lake(arm):
    env = gym.make("FrozenLake-v1", map_name="8x8", is_slippery=False)
    if arm == "one goal":
        return rpe.envs.tabulate(env)
    extra = {}
    if arm == "present_value":
        extra = {"discounting": rpe.discounting.Exponential(0.95), "reference_steps": STEPS}
    return rpe.envs.tabulate(rpe.envs.SubGoals(env, LANDMARKS, matching=arm, potential_discount=0.95, **extra))


best = rpe.agents.Planner(rpe.discounting.Exponential(0.99), inverse_temperature=np.inf, horizon=60)
halves = {}
for arm in ("one goal", *rpe.tasks.MATCHINGS):
    task = lake(arm)
    history = rpe.simulate.run(learner, task, n_agents=40, n_trials=500, rng=0)
    # Who arrives earns what the best policy earns; who only passes landmarks earns less.
    arrived = history.trials.reward > 0.95 * rpe.measures.exact(best, task).reward[0]
    share = arrived.mean(axis=0)
    smooth = np.convolve(share, np.ones(20) / 20, mode="valid")
    halves[arm] = int(np.argmax(smooth >= 0.5)) if (smooth >= 0.5).any() else None
    when = "never" if halves[arm] is None else f"after {halves[arm]} trials"
    print(f"{arm:14} half of the learners arrive {when}; {share[-50:].mean():.0%} in the last 50 trials")

helped = [arm for arm in rpe.tasks.MATCHINGS if halves[arm] is not None and halves[arm] < (halves["one goal"] or 500)]
print(f"Sooner than with one goal: {', '.join(helped) or 'none of them'}.")
