"""Deep learners on micro wins
===========================

PPO and MaskablePPO on micro wins and on one goal, beside the exact value (needs `pip install rpe[sb3]`).
"""

import gymnasium as gym
from sb3_contrib import MaskablePPO
from stable_baselines3 import PPO

import rpe

SETTINGS = {"n_steps": 256, "batch_size": 64, "gamma": 1.0, "learning_rate": 3e-3, "seed": 0, "device": "cpu"}


def earned(model, env, masked):
    (seen, _), over, total = env.reset(seed=0), False, 0.0
    while not over:
        extra = {"action_masks": env.unwrapped.action_masks()} if masked else {}
        action, _ = model.predict(seen, deterministic=True, **extra)
        seen, reward, over, _, _ = env.step(int(action))
        total += reward
    return total


rules = {"n_units": 6, "deadline": 12, "reward": 30.0}
for name, task in (("micro wins", rpe.tasks.micro_wins(3, **rules)), ("one goal", rpe.tasks.monolithic(**rules))):
    best = rpe.agents.optimal(task, discount=1.0).start
    found = []
    for kind in (PPO, MaskablePPO):
        env = gym.make("rpe/MicroWins-v0", task=task, observation="features")
        model = kind("MlpPolicy", env, **SETTINGS)
        model.learn(10_000)
        found.append(f"{kind.__name__} {earned(model, env, kind is MaskablePPO):.0f}")
    print(f"{name:10}: {', '.join(found)}, at best {best:.0f}")
