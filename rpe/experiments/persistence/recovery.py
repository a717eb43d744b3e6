"""Whether a comparison of models tells the rules apart, from one session of choices."""

from dataclasses import replace
from typing import Any

import numpy as np

from rpe import fit, simulate, tasks
from rpe._checks import Floats
from rpe.agents import GoalPursuit
from rpe.agents.goal_pursuit import RULES
from rpe.experiments.persistence.settings import Settings
from rpe.experiments.shares import share
from rpe.experiments.study import Study
from rpe.records import Choices


def recover_rules(study: Study[Settings], settings: Settings, task: tasks.ThreeSuits, rng: np.random.Generator) -> None:
    """Which rule has the largest marginal likelihood for agents of each rule, their parameters drawn from the prior."""
    n, draws = settings.n_recovered, settings.n_draws
    for_truth, for_draws, for_choices = rng.spawn(3)
    evidence = np.empty((len(RULES), len(RULES), n))
    truth = [simulate.run(_drawn(rule, n, for_truth), task, rng=for_choices, record="all") for rule in RULES]
    states, actions = (
        np.concatenate([getattr(history.full, name)[:, 0] for history in truth]) for name in ("state", "action")
    )
    for i, rule in enumerate(RULES):
        agent = _drawn(rule, draws, for_draws)
        likelihood = _log_likelihoods(agent, task, states, actions)
        top = likelihood.max(axis=1, keepdims=True)
        evidence[:, i] = (np.log(np.exp(likelihood - top).mean(axis=1)) + top[:, 0]).reshape(len(RULES), n)
    best = evidence.argmax(axis=1)
    for i, true in enumerate(RULES):
        for j, found in enumerate(RULES):
            study.add({"share": np.mean(best[i] == j)}, part="recovery", rule=true, recovered=found)
    right = np.concatenate([best[i] == i for i in range(len(RULES))])
    known = share(right, {"rule": np.repeat(RULES, n)})
    study.add({"share right": known.share, "low": known.low, "high": known.high}, part="recovery")


def _drawn(rule: Any, n: int, rng: np.random.Generator) -> GoalPursuit:
    """Agents with parameters from the prior, uniform within wide ranges."""
    beta = rng.uniform(1.0, 10.0, n)
    return GoalPursuit(
        rule=rule,
        learning_rate=rng.uniform(0.1, 0.9, n),
        discount=rng.uniform(0.85, 0.99, n),
        inverse_temperature=beta,
        goal_inverse_temperature=beta,
        leaving=rng.uniform(-1.0, 1.0, n),
        kernel_rate=rng.uniform(0.0, 1.0, n),
        prospective_weight=rng.uniform(0.0, 1.0, n),
    )


def _log_likelihoods(agent: GoalPursuit, task: tasks.ThreeSuits, states: Any, actions: Any) -> Floats:
    """Log likelihood of everybody's choices under every draw, (n_people, n_draws)."""
    n = agent.n_agents
    many: Any = {name: np.tile(getattr(agent, name), len(states)) for name in agent.bounds()}
    each = np.repeat(np.arange(len(states)), n)
    # Rewards play no part: what was drawn is read off the states.
    repeated = Choices.of(actions[each, None], np.zeros((len(each), 1, actions.shape[1])), state=states[each, None])
    return fit.log_likelihood(replace(agent, **many), task, repeated).reshape(len(states), n)


def say_recovery(study: Study[Settings]) -> None:
    """Say whether the comparison finds the rule of an agent."""
    right, low, high = (study.value(name, part="recovery", rule=None) for name in ("share right", "low", "high"))
    own = {rule: study.value("share", part="recovery", rule=rule, recovered=rule) for rule in RULES}
    worst = min(own, key=lambda rule: own[rule])
    weakest = f"least often {worst}, {own[worst]:.0%}" if own[worst] < max(own.values()) else "each rule as often"
    told = min(own["momentum"], own["prospective"]) >= 0.6
    study.say(
        f"From one session of 540 choices a comparison of models finds an agent's rule in {right:.0%} ({low:.0%} to "
        f"{high:.0%}; by chance {1 / len(RULES):.0%}; {weakest}): "
        + (
            "it tells momentum from looking ahead."
            if told
            else "it does not tell momentum from looking ahead reliably."
        )
    )
