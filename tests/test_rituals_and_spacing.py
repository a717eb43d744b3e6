"""Rituals and spacing: rates beside exact ones, controls that change nothing, and shares as in the table."""

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from figure_rules import printable, says_the_finding

from rpe import experiments, measures, mechanisms, simulate, tasks
from rpe.agents import CorticostriatalActor, Planner
from rpe.claims import CLAIMS
from rpe.discounting import Exponential
from rpe.experiments import rituals, spacing

RITUALS = replace(
    rituals.Settings.quick(),
    n_paid=21,
    n_unpaid=14,
    place_shares=(-1.0,),
    weights=(0.0, 8.0),
    rates=(0.153,),
    temperatures=(2.0,),
    irregularities=(0,),
    new_utilities=(-1.0,),
    n_agents=60,
)
SPACING = replace(
    spacing.Settings.quick(),
    n_units=2,
    deadline=4,
    n_trials=60,
    days=(1, 3),
    breaks=(0, 40),
    goal_numbers=(1,),
    captures=(0.4,),
    rates=(0.1,),
    n_agents=12,
)


@pytest.fixture(scope="module")
def moved():
    return rituals.run(RITUALS, 0)


@pytest.fixture(scope="module")
def spaced():
    return spacing.run(SPACING, 0)


@pytest.mark.parametrize("which", ["moved", "spaced"])
def test_figures_can_be_printed_and_say_what_was_found(which, request):
    study = request.getfixturevalue(which)
    printable(study.figures())
    for panel in study.panels:
        assert not isinstance(panel.title, str), panel.title
        says_the_finding(panel)


def noted(study, finding, **where):
    return {name: study.value(name, part="share", finding=finding, **where) for name in ("share", "reversed")}


class TestRituals:
    def test_without_a_habit_rates_are_the_exact_ones(self, moved):
        for plan, old in (("time", -1.0), ("after old", 2.0)):
            where = {"plan": plan, "old_utility": old, "weight": 0.0}
            task = rituals._task(RITUALS, rituals._Where(plan, -1.0, 0, old, -1.0))
            choosing = Planner(Exponential(0.0), inverse_temperature=2.0)
            paid = measures.exact(choosing, task).completion_probability[0]
            assert moved.value("rate, paid", **where) == pytest.approx(paid, abs=0.09)
            unpaid = measures.exact(choosing, rituals.changed(task, "both")).completion_probability[0]
            for change in rituals.CHANGES:
                found = moved.value("rate, last week", change=change, **where)
                assert found == pytest.approx(unpaid, abs=0.09)

    def test_a_habit_outlasts_pay_and_one_of_all_cues_does_not_move(self, moved):
        where = {"plan": "time", "weight": 8.0, "old_utility": 2.0}
        assert moved.value("more than the never paid", change="nothing", **where) > 0.3
        assert moved.value("share lost", change="both", **where) == pytest.approx(1.0, abs=0.25)

    def test_who_seldom_does_the_old_one_cannot_stack(self, moved):
        stacked, at_hour = (
            moved.value("rate, last week", change="nothing", plan=plan, weight=8.0, old_utility=-1.0)
            for plan in ("after old", "time")
        )
        assert stacked < at_hour - 0.2

    def test_shares_are_those_of_the_table(self, moved):
        lost = moved.values("share lost", change="new place") - 0.5
        found = noted(moved, "takes more than half of what pay left", change="new place")
        assert found == pytest.approx({"share": np.mean(lost > 0.02), "reversed": np.mean(lost < -0.02)})
        rates = [moved.values("rate, last week", change="nothing", plan=plan) for plan in rituals.PLANS]
        found = noted(moved, "stacking brings more of it", change="nothing")
        more = rates[1] - rates[0]
        assert found == pytest.approx({"share": np.mean(more > 0.02), "reversed": np.mean(more < -0.02)})

    def test_the_family_of_elements_has_weights_of_the_place(self):
        settings = replace(RITUALS, place_shares=(0.2, -1.0), weights=(8.0,), n_agents=4)
        study = rituals.run(settings, 0)
        assert study.levels("place_share") == [0.2]
        assert study.levels("binding") == ["elements", "configuration"]
        assert len(study.sentences) == 3


class TestSpacing:
    def test_fresh_weights_gain_nothing_and_perfect_ones_all(self):
        task = tasks.monolithic(n_units=2, deadline=4, reward=30.0)
        memory = CorticostriatalActor().init(task, 3)
        held = type("Held", (), {"inner": memory, "n_agents": 3})
        ends = spacing._ends(task)
        gained = partial(spacing._gained, held, task, ends=ends, n_agents=3)
        np.testing.assert_allclose(gained(0.0), np.zeros((1, 3)), atol=1e-12)
        best = Planner(Exponential(1.0), inverse_temperature=np.inf)
        policy = best.init(task, 1).policy[:, 0].T
        memory.direct[:, :2] += 200 * policy[:, None]
        memory.indirect[:, 2] -= 200 * (policy - 1)
        np.testing.assert_allclose(gained(0.0), np.ones((1, 3)), atol=1e-9)
        np.testing.assert_allclose(gained(1.0)[0], [1, 1, 0], atol=1e-9)
        np.testing.assert_allclose(gained(-1.0)[0], [0, 0, 1], atol=1e-9)

    def test_who_loses_nothing_keeps_everything(self, spaced):
        where = {"part": "control", "pathway": "both"}
        first, later = (spaced.values("gained", nights=nights, **where) for nights in (0.0, 40.0))
        np.testing.assert_array_equal(first, later)
        assert noted(spaced, "spaced practice is ahead", kind="control", nights=0.0) == {"share": 0, "reversed": 0}

    def test_a_break_takes_what_no_night_has_fixed(self, spaced):
        where = {"part": "family", "pathway": "both", "labile_loss": 0.9, "days": 1.0}
        first, later = (spaced.value("gained", nights=nights, **where) for nights in (0.0, 40.0))
        assert later < first - 0.05
        moved = [spaced.value("change of D1 weights", nights=nights, **where) for nights in (0.0, 40.0)]
        # Of what one day changed the first night fixes .4, later ones .4 of the .06 that are left, and of that ...
        kept, labile = 0.0, 1.0
        for _ in range(40):
            kept, labile = 0.99 * (kept + 0.4 * labile), 0.1 * 0.6 * labile
        assert moved[1] / moved[0] == pytest.approx(kept + labile, abs=1e-9)

    def test_shares_are_those_of_the_table(self, spaced):
        for nights in (0.0, 40.0):
            lead = spaced.values("clear lead", nights=nights)
            found = noted(spaced, "spaced practice is ahead", kind="family", nights=nights)
            assert found == pytest.approx({"share": np.mean(lead > 0.02), "reversed": np.mean(lead < -0.02)})
        surplus = spaced.values("clear surplus over half", part="left")
        found = noted(spaced, "more than half is left", nights=40.0)
        assert found == pytest.approx({"share": np.mean(surplus > 0), "reversed": np.mean(surplus < 0)})

    def test_massed_practice_is_alike_in_all_but_its_schedule(self):
        cells = spacing._cells(spacing.Settings())
        spaced, massed = spacing._massed(cells)
        assert len(spaced) == 4 * (cells.days == 1).sum()
        for name in cells._fields[2:]:
            np.testing.assert_array_equal(getattr(cells, name)[spaced], getattr(cells, name)[massed])
        assert set(cells.days[massed]) == {1}

    def test_a_lead_is_that_over_massed_practice_alike(self, spaced):
        """What is not clear is 0; what is clear is the difference of the means in the table."""
        where = {"pathway": "both", "nights": 40.0, "part": "family", "labile_loss": 0.9}
        massed = spaced.value("gained", days=1.0, **where)
        for gap in (1.0, 7.0):
            lead = spaced.value("clear lead", gap=gap, nights=40.0, labile_loss=0.9)
            assert lead == 0 or lead == pytest.approx(spaced.value("gained", days=3.0, gap=gap, **where) - massed)

    def test_the_actors_of_the_experiment_are_those_of_the_library(self):
        """The control, whose nights change nothing, is the plain actor to the bit."""
        task = tasks.micro_wins(1, n_units=2, deadline=4, reward=30.0)
        plain = CorticostriatalActor()
        slept = mechanisms.Consolidation(plain, trials_per_day=5, nights=7)
        one, other = (simulate.run(each, task, n_agents=3, n_trials=20, rng=0, record="all") for each in (plain, slept))
        np.testing.assert_array_equal(one.full.delta, other.full.delta)


def test_the_rest_of_the_story_is_told_everywhere():
    """What the guide's page lists is in `rpe list`, in the claims and in the gallery."""
    root = Path(__file__).parents[1]
    page = (root / "notebooks" / "docs" / "guide" / "story.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| .+? \| `(\w+)` \|", page, flags=re.MULTILINE))
    assert {"rituals", "spacing", "celebrating"} < told <= set(experiments.names())
    assert told <= {name for claim in CLAIMS.values() for name in claim.experiments}
    example = (root / "examples" / "rest_of_the_story.py").read_text(encoding="utf-8")
    assert all(f'"{name}"' in example for name in told)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rituals.Settings(n_paid=3), "n_paid must be"),
        (lambda: rituals.Settings(place_shares=(2.0,)), "place_shares must lie in"),
        (lambda: rituals.Settings(rates=()), "rates must have at least one level"),
        (lambda: rituals.Settings(irregularities=(5,)), "irregularities must be"),
        (lambda: spacing.Settings(days=(2, 4)), "days must rise from 1 on"),
        (lambda: spacing.Settings(days=(1, 7)), "n_trials must be a multiple of all days"),
        (lambda: spacing.Settings(losses=(0.0,)), "losses must lie in"),
        (lambda: spacing.Settings(rates=(0.4,)), "rates must lie in"),
        (lambda: spacing.Settings(goal_numbers=(7,)), "goal_numbers must be"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
