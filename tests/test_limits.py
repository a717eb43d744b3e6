"""What is legal and extreme gives finite results; what is too large, misnamed or wrongly returned is said at once."""

import io
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import rpe
from rpe import agents, discounting, measures, mechanisms, plots, schedules, simulate, tasks

# Sizes ---------------------------------------------------------------------------------------------

TOO_LARGE = {
    "micro_wins": lambda **lift: tasks.micro_wins(n_units=10**6, deadline=10**6, **lift),
    "badge": lambda **lift: tasks.badge(1, 1.0, n_units=10**6, deadline=10**6, **lift),
    "GoalTask": lambda **lift: tasks.GoalTask(n_units=10**12, deadline=10**12, **lift),
    "SemesterTask": lambda **lift: tasks.SemesterTask(n_weeks=10**12, **lift),
    "design": lambda **lift: schedules.design("A+ x99999999999", **lift),
    "delay_conditioning": lambda **lift: schedules.delay_conditioning(n_trials=10**12, **lift),
    "trace_conditioning": lambda **lift: schedules.trace_conditioning(n_trials=3, dt=1e-12, **lift),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_what_is_too_large_says_how_large_it_would_be(name):
    began = time.process_time()
    with pytest.raises(ValueError, match=r"at most 4 GiB; got .*would need .* GiB \(max_gib lifts the limit\)"):
        TOO_LARGE[name]()
    assert time.process_time() - began < 1.0


def test_a_keyword_lifts_the_limit_and_lowers_it():
    assert schedules.delay_conditioning(n_trials=3, max_gib=1e9).n_trials == 3
    with pytest.raises(ValueError, match="at most 1e-09 GiB"):
        schedules.delay_conditioning(n_trials=3, max_gib=1e-9)
    with pytest.raises(ValueError, match="max_gib lifts"):
        tasks.monolithic(max_gib=1e-9)
    assert tasks.monolithic(max_gib=1e-3).n_steps == 60


def test_a_planner_says_how_long_it_would_take():
    task = tasks.monolithic(n_units=2, deadline=50)
    with pytest.raises(ValueError, match=r"at most 1e-09 minutes to solve; .* \(max_minutes lifts the limit"):
        measures.exact(agents.Planner(discounting.Hyperbolic(k=0.1), max_minutes=1e-9), task)
    exponential = agents.Planner(discounting.Exponential(0.9), max_minutes=1e-9)
    assert np.isfinite(measures.exact(exponential, task).welfare).all()


def test_draws_that_never_fall_between_their_ends_are_given_up():
    with pytest.raises(ValueError, match=r"low and high must hold some of what is drawn; .* never fell in \[50, 60\]"):
        schedules.normal(0.0, 0.1, 50.0, 60.0)(np.random.default_rng(0), 2)


# Extremes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reward", [1e150, 1e-300])
@pytest.mark.parametrize("discount", [0.0, 1.0])
@pytest.mark.parametrize("beta", [0.0, 1e6, np.inf])
def test_extreme_rewards_and_parameters_are_learned_without_a_warning(reward, discount, beta):
    task = tasks.monolithic(n_units=2, deadline=4, reward=reward, success_probability=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for kind in (agents.QLearner, agents.ExpectedSarsa):
            learner = kind(learning_rate=1.0, discount=discount, inverse_temperature=beta)
            history = simulate.run(learner, task, n_agents=20, n_trials=30, rng=0, keep_memory=True)
            assert np.isfinite(history.curves.delta_variance[:, 1:]).all()
            # The last step of work is worth what it pays, less its effort, and distraction no more than 4 × 2.
            assert history.memory.table[history.memory.table > -1e299].max() == pytest.approx(reward, abs=8.0)


def test_a_chance_of_success_near_zero_is_not_zero():
    for chance in (1e-12, 1e-300):
        planner = agents.Planner(discounting.Exponential(1.0), inverse_temperature=np.inf)
        task = tasks.monolithic(n_units=1, deadline=1, reward=3.0 / chance, effort=1.0, start_cost=0.0, distraction=0.0)
        task = tasks.GoalTask(
            1, 1, [0, 3.0 / chance], effort=1.0, start_cost=0.0, distraction=0.0, success_probability=chance
        )
        assert measures.exact(planner, task).welfare == pytest.approx([2.0])


# Names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        (lambda: agents.QLearner(alpha=0.1), "learning_rate"),
        (lambda: agents.QLearner(inverse_temprature=1.0), "inverse_temperature"),
        (lambda: agents.Planner(discounting.Exponential(0.9), beta=1.0), "inverse_temperature"),
        (lambda: mechanisms.Habit(agents.QLearner(), wieght=1.0), "weight"),
        (lambda: simulate.run(agents.QLearner(), tasks.bandit([0.1, 0.9]), seed=1), "rng"),
        (lambda: tasks.GoalTask(n_unit=3), "n_units"),
        (lambda: plots.bars(["a"], [1.0], lables=["x"]), "labels"),
        (lambda: rpe.experiments.load("micro_win"), "micro_wins"),
        (lambda: rpe.scorecard.load("bloking"), "blocking"),
        (lambda: schedules.manipulate(schedules.design("A+ x1"), "sclae", 0.5), "scale"),
        (lambda: rpe.mesures, "measures"),
    ],
)
def test_a_name_that_looks_like_another_is_asked_back(call, meant):
    with pytest.raises((TypeError, ValueError, AttributeError), match=f"did you mean '{meant}'"):
        call()


# Hooks ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Own(mechanisms.Mechanism):
    """A mechanism whose hooks return what they are told."""

    bias: Callable[[], object] = lambda: None
    step: Callable[[object], object] = lambda step: step
    base: Callable[[object], object] = lambda policy: policy

    def log_bias(self, memory, state):
        return self.bias()

    def base_policy(self, memory, state):
        return self.base(super().base_policy(memory, state))

    def transform_step(self, memory, state, action, step):
        return self.step(step)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (
            {"bias": lambda: np.zeros((2, 7))},
            ValueError,
            r"log_bias of Own must have shape \(n_actions, n\) = \(2, 3\)",
        ),
        ({"bias": lambda: np.full((2, 3), np.nan)}, ValueError, "log_bias of Own must be finite; got nan"),
        ({"bias": lambda: "much"}, TypeError, "log_bias of Own must hold real numbers; got 'much'"),
        ({"base": lambda policy: policy + 0.2}, ValueError, "base_policy of Own must be probabilities"),
        (
            {"step": lambda step: step._replace(reward=np.inf)},
            ValueError,
            "reward that transform_step of Own returns must be finite; got inf",
        ),
        (
            {"step": lambda step: step._replace(reward=np.zeros(7))},
            ValueError,
            r"reward that transform_step of Own returns must have shape \(3,\)",
        ),
        ({"step": lambda step: None}, TypeError, "transform_step of Own must return a Step; got None"),
    ],
)
def test_hooks_that_return_something_else_are_named(wrong, error, message):
    with pytest.raises(error, match=message):
        simulate.run(Own(agents.QLearner(), **wrong), tasks.bandit([0.1, 0.9]), n_agents=3, rng=0)


def test_hooks_are_looked_at_once():
    mechanism = Own(agents.QLearner(), bias=lambda: np.zeros((2, 3)))
    memory = mechanism.init(tasks.bandit([0.1, 0.9]), 3)
    assert not memory.choice_seen
    assert not memory.step_seen
    simulate.run(mechanism, tasks.bandit([0.1, 0.9]), n_agents=3, rng=0, memory=memory)
    assert memory.choice_seen
    assert memory.step_seen


# Labels --------------------------------------------------------------------------------------------

HOSTILE = ("$x_{$", "$10 vs $20")
LINES = np.array([[0.0, 0.5, 1.0], [0.0, 0.2, 1.0]])
DRAWN = {
    "bars": lambda name, ax: plots.bars([name, "<script>"], [0.7, 0.2], ylabel=name, ax=ax),
    "curve": lambda name, ax: plots.procrastination_curve(LINES, labels=[name, "<script>"], ax=ax),
    "comparison": lambda name, ax: plots.comparison([[0.1], [0.2]], rows=[name, "<script>"], columns=[name], ax=ax),
    "sweep": lambda name, ax: plots.parameter_sweep(
        [1.0, 2.0], LINES[:, 1:], labels=[name, "b"], parameter=name, ax=ax
    ),
    "recovery": lambda name, ax: plots.recovery([0.1, 0.2, 0.3], [0.1, 0.3, 0.2], parameter=name, ax=ax),
}


@pytest.mark.parametrize("plot", DRAWN)
@pytest.mark.parametrize("name", HOSTILE)
def test_labels_are_text(plot, name):
    ax = DRAWN[plot](name, Figure().subplots())
    page = io.StringIO()
    ax.figure.savefig(page, format="svg")
    assert "<script>" not in page.getvalue()
    shown = [text for text in ax.figure.findobj(Text) if name in text.get_text()]
    assert shown
    assert not any(text.get_parse_math() for text in shown)


def test_labels_of_ones_own_keep_their_formulas():
    ax = Figure().subplots()
    ax.set_xlabel("$x^2$")
    plots.bars(["$5", "$7"], [0.7, 0.2], ax=ax)
    assert ax.xaxis.label.get_parse_math()
    assert not any(text.get_parse_math() for text in ax.get_xticklabels())
