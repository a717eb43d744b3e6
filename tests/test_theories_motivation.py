"""Successor representation, opponent actors, incentive salience and retrospective causes."""

import numpy as np
import pytest

import rpe
from rpe.schedules import Trial, sequence
from rpe.theories import ANCCR, IncentiveSalience, OpAL, OpALStar, SuccessorTD
from rpe.theories.incentive_salience import wanting
from rpe.theories.opal import act

AB = {"A": (0.5, 1.5), "B": (1.5, 2.5)}
CHAIN = {"AB+": Trial(AB, {2.5: 1.0}), "A?": Trial({"A": (0.5, 1.5)}, learning=False)}


def chain(n, probes=0):
    return sequence(CHAIN, ["AB+"] * n + ["A?"] * probes, dt=0.5, duration=3.5, gap=20.0)


ALL = [
    SuccessorTD(),
    SuccessorTD(signal="sum"),
    SuccessorTD(variant="published"),
    OpAL(),
    OpALStar(),
    OpALStar(slows_by="trials"),
    IncentiveSalience(),
    IncentiveSalience(rule="additive"),
    ANCCR(),
]


class TestSuccessor:
    def test_first_trial_by_hand(self):
        theory = SuccessorTD(learning_rate=0.5, reward_learning_rate=0.2, discount=0.8)
        learned = theory.learn(chain(1))
        # W starts as I: A is followed by itself. A -> B: d = (1, 0) + .8 (0, 1) - (1, 0) = (0, .8). B -> nothing
        # (the end, where W of nothing is 0): d = (0, 1) + 0 - (0, 1) = 0, and u of B learns .2 of the reward.
        np.testing.assert_allclose(learned.more["successor"][0], [[1, 0.4], [0, 1]])
        np.testing.assert_allclose(learned.more["reward_weights"][0], [0, 0.2])
        assert learned.delta[0, 0, 5] == 1.0

    def test_fixed_point_is_the_successor_representation_of_the_chain(self):
        gamma = 0.8
        learned = SuccessorTD(learning_rate=0.2, reward_learning_rate=0.2, discount=gamma).learn(chain(400))
        follows = np.array([[0, 1], [0, 0]])
        exact = np.linalg.inv(np.eye(2) - gamma * follows)
        np.testing.assert_allclose(learned.more["successor"][0], exact, atol=1e-9)
        # Value is that of the linear solve, and errors are left at the cue alone.
        np.testing.assert_allclose(learned.value[0, -1, [1, 3]], exact @ [0, 1], atol=1e-9)
        np.testing.assert_allclose(learned.delta[0, -1, [1, 3, 5]], [gamma * gamma, 0, 0], atol=1e-9)

    def test_what_follows_is_learned_without_reward(self):
        kinds = {
            "AB": Trial(AB),
            "CD": Trial({"C": (0.5, 1.5), "D": (1.5, 2.5)}),
            "B+": Trial({"B": (1.5, 2.5)}, {2.5: 1}),
        }
        s = sequence(kinds, ["AB", "CD"] * 30 + ["B+"] * 200 + ["AB", "CD"], dt=0.5, duration=3.5)
        delta = SuccessorTD().learn(s).delta[0]
        assert delta[-2, 1] > 0.5
        assert delta[-1, 1] == 0.0
        td = rpe.theories.TD(trace_decay=0.0).learn(s).delta[0]
        assert abs(td[-2, 1]) < 1e-12

    def test_pulse_teaches_what_is_predicted_not_what_it_is_worth(self):
        kinds = {"A": Trial({"A": (0.5, 1.5)}, pulses={(1.5, 2.0): 1.0})}
        learned = SuccessorTD().learn(sequence(kinds, ["A"] * 50, dt=0.5, duration=3.0))
        assert learned.more["successor"][0, 0, 0] > 1.5
        assert np.abs(learned.value).max() == 0.0

    def test_sum_counts_a_fall_less(self):
        theory = SuccessorTD(learning_rate=0.5, discount=0.8, negative_gain=0.25, signal="sum")
        kinds = CHAIN | {"A": Trial({"A": (0.5, 1.5)})}
        learned = theory.learn(sequence(kinds, ["AB+", "A"], dt=0.5, duration=3.5))
        # The second trial: W is [[1, .4], [0, 1]]. At the onset of A: .8 (1, .4). At its end nothing follows:
        # (1, 0) - (1, .4) = (0, -.4); and .03 × .4 of value is lost, at full weight.
        value = 0.4 * 0.03
        assert learned.delta[0, 1, 1] == pytest.approx(0.8 * (1 + 0.4) + 0.8 * value)
        assert learned.delta[0, 1, 3] == pytest.approx(-0.4 * 0.25 - value)


def unblocking(pulse, order):
    """The published design of Sharpe and others, row by row: cues stay on, food is with X, tests teach."""
    kinds = {
        "A-X": Trial({"A": (0.5, 2.5), "X": (1.5, 2.5)}),
        "EF-X": Trial({"E": (0.5, 2.5), "F": (0.5, 2.5), "X": (1.5, 2.5)}),
        "AD-X": Trial({"A": (0.5, 2.5), "D": (0.5, 2.5), "X": (1.5, 2.5)}, pulses={(5.0, 6.0): pulse}),
        "AC-X": Trial({"A": (0.5, 2.5), "C": (0.5, 2.5), "X": (1.5, 2.5)}, pulses={(1.5, 2.5): pulse}),
        "X+": Trial({"X": (1.5, 3.0)}, {2.5: 1.0}),
        **{name: Trial({name: (0.5, 1.5)}) for name in "FDC"},
    }
    return sequence(kinds, order, dt=0.5, duration=6.5, gap=20.0)


class TestPublishedSuccessor:
    """The authors' order of work, with numbers worked out beside their script."""

    ORDER = ("A-X " * 24 + "EF-X AD-X AC-X " * 8 + "X+ " * 96 + "F D C").split()

    @pytest.mark.parametrize(
        ("pulse", "values", "c_to_x"),
        [(1.0, [0.052759, 0.023679, 0.058461], 0.325413), (0.0, [0.051920, 0.022133, 0.021443], 0.119360)],
    )
    def test_values_and_weights_of_a_fixed_order(self, pulse, values, c_to_x):
        s = unblocking(pulse, self.ORDER)
        learned = SuccessorTD(variant="published").learn(s)
        np.testing.assert_allclose(learned.value[0, -3:, 1], values, atol=1e-6)
        w, u, x = learned.more["successor"][0], learned.more["reward_weights"][0], s.stimuli.index("X")
        assert w[s.stimuli.index("C"), x] == pytest.approx(c_to_x, abs=1e-6)
        np.testing.assert_allclose([w[x, -1], u[-1], u[x]], [1.122519, 0.800055, 0.176956], atol=1e-6)

    def test_first_trial(self):
        s = unblocking(0.0, ["A-X"])
        w = SuccessorTD(variant="published").learn(s).more["successor"][0]
        np.testing.assert_allclose(w[:2, :2], [[0.1164, 0.06], [0.0564, 0.06]], atol=1e-12)

    def test_ratios_over_shuffled_orders(self):
        """C over D is 2.53 with stimulation and 1.00 without, and D changes by 1.08 (100 orders)."""
        rng, values = np.random.default_rng(0), {}
        for pulse in (1.0, 0.0):
            each = []
            for _ in range(100):
                cycles = [name for _ in range(8) for name in rng.permutation(["EF-X", "AD-X", "AC-X"])]
                s = unblocking(pulse, ["A-X"] * 24 + cycles + ["X+"] * 96 + ["F", "D", "C"])
                each.append(SuccessorTD(variant="published").learn(s).value[0, -3:, 1])
            values[pulse] = np.mean(each, axis=0)
        assert values[1.0][2] / values[1.0][1] == pytest.approx(2.53, abs=0.02)
        assert values[0.0][2] / values[0.0][1] == pytest.approx(1.00, abs=0.02)
        assert values[1.0][1] / values[0.0][1] == pytest.approx(1.08, abs=0.02)

    def test_signal_is_the_sum_of_the_errors_when_a_row_is_left(self):
        theory = SuccessorTD(variant="published")
        learned = theory.learn(unblocking(0.0, ["A-X", "A-X"]))
        assert learned.delta is not learned.more["sum"]
        # First trial: (1, 0) when A is left for A and X; (1, 1) less what A predicts by then, .06 of A, at the end.
        np.testing.assert_allclose(learned.delta[0, 0, [1, 3, 5]], [0, 1, 2 - 0.06])
        value = SuccessorTD(variant="published", signal="value").learn(unblocking(0.0, ["A-X", "A-X"]))
        assert np.abs(value.delta).max() == 0.0

    def test_tail_of_stimulation_reaches_what_was_on_before(self):
        kinds = {"AB": Trial({"A": (0.5, 1.5), "B": (1.5, 2.5)}, pulses={(1.5, 2.5): 1.0})}
        s = sequence(kinds, ["AB"], dt=0.5, duration=3.5)
        at_once, traced = (SuccessorTD(variant="published", trace_decay=each).learn(s) for each in (0.0, 0.5))
        np.testing.assert_allclose((traced.delta - at_once.delta)[0, 0, 5], 0.5)


class TestOpAL:
    def test_product_of_weights_is_exact(self):
        s = rpe.schedules.design("A+ x30 / A- x30", rng=1)
        learned = OpAL(learning_rate=0.1, actor_learning_rate=0.3).learn(s)
        delta = learned.delta[0][~np.isnan(learned.delta[0])]
        product = np.prod(1 - 0.3**2 * delta**2)
        assert learned.more["go"][0, 0] * learned.more["no_go"][0, 0] == pytest.approx(product, rel=1e-12)
        assert product < 0.6

    def test_critic_is_rescorla_wagner(self):
        s = rpe.schedules.design("A+ x20 | AX+ x20 | X- x5")
        np.testing.assert_allclose(OpAL().learn(s).delta, rpe.theories.RescorlaWagner().learn(s).delta)

    def test_weights_do_not_fall_below_zero(self):
        more = OpAL(actor_learning_rate=1.5).learn(rpe.schedules.design("A+ x5")).more
        assert more["no_go"].min() == 0.0

    def test_dopamine_weighs_benefits_against_costs(self):
        np.testing.assert_allclose(act(2.0, 3.0, [-2.0, -0.5, 0.0, 0.5, 2.0], 1.0), [-9.0, -3.5, -1.0, 1.5, 6.0])

    def test_first_value_is_what_an_unknown_stimulus_promises(self):
        learned = OpAL(first_value=0.5).learn(rpe.schedules.design("A+ x2", random=False))
        np.testing.assert_allclose(learned.value[0].max(axis=1), [0.5, 0.5 + 0.1 * 0.5])

    def test_annealed_actors_by_hand(self):
        more = OpAL(learning_rate=0.0, actor_learning_rate=0.4, annealing=1.0).learn(rpe.schedules.design("A+ x3")).more
        assert more["go"][0, 0] == pytest.approx((1 + 0.4) * (1 + 0.4 / 2) * (1 + 0.4 / 3))


class TestOpALStar:
    def test_critic_is_the_mean_of_the_beta_belief(self):
        s = rpe.schedules.design("A+ x3 | A- x1", random=False)
        learned = OpALStar().learn(s)
        delta = learned.delta[0][~np.isnan(learned.delta[0])]
        np.testing.assert_allclose(delta, [1 - 1 / 2, 1 - 2 / 3, 1 - 3 / 4, -4 / 5])

    @pytest.mark.parametrize(
        ("slows_by", "rate"), [("variance", 0.3 / (1 + 1 / (10 * 10 / 12))), ("trials", 0.3 / (1 + 0 / 10))]
    )
    def test_first_step_of_the_actors(self, slows_by, rate):
        more = OpALStar(slows_by=slows_by).learn(rpe.schedules.design("A+ x1")).more
        assert more["go"][0, 0] == pytest.approx(1 + rate * 0.5)
        assert more["no_go"][0, 0] == pytest.approx(1 - rate * 0.5)

    def test_dopamine_is_silent_within_the_band(self):
        # After one reward the belief is Beta(2, 1): mean 2/3, SD sqrt(1/18) = .236 > 1/6.
        assert OpALStar().learn(rpe.schedules.design("A+ x1")).more["dopamine"][0, 0] == 0.0
        narrow = OpALStar(band=0.5).learn(rpe.schedules.design("A+ x1")).more["dopamine"][0, 0]
        assert narrow == pytest.approx(20 * (2 / 3 - 1 / 2))

    def test_magnitudes_are_scaled(self):
        s = rpe.schedules.design("A+ x5")
        twice = type(s)(**{**{f: getattr(s, f) for f in s.__dataclass_fields__}, "reward": 2 * s.reward})
        one, two, same = OpALStar().learn(s), OpALStar(high=2.0).learn(twice), OpALStar(knowledge="given").learn(twice)
        np.testing.assert_allclose(same.delta, two.delta)
        np.testing.assert_allclose(2 * one.delta, two.delta)
        np.testing.assert_allclose(one.more["go"], two.more["go"])
        with pytest.raises(ValueError, match="rewards must lie in"):
            OpALStar(high=1.0).learn(twice)


class TestIncentiveSalience:
    def test_baseline_wanting_is_the_stored_value(self):
        learned = IncentiveSalience().learn(chain(30))
        np.testing.assert_allclose(learned.more["wanting"], learned.value, atol=1e-12)

    def test_amphetamine_lifts_what_is_next_to_reward(self):
        s = sequence(CHAIN, ["AB+"] * 500, dt=0.5, duration=3.5)
        gamma, kappa = 0.9, 3.0
        learned = IncentiveSalience(discount=gamma, kappa=kappa).learn(s)
        np.testing.assert_allclose(learned.more["wanting"][0, -1, [1, 3]], [gamma, kappa], atol=1e-6)

    def test_kappa_acts_at_once_and_changes_nothing_stored(self):
        kinds = {"A": Trial({"A": (0.5, 1.5)}, {1.5: -1.0}), "A?": Trial({"A": (0.5, 1.5)}, learning=False)}
        phases = ["salt"] * 200 + ["test"]
        s = sequence(kinds, ["A"] * 200 + ["A?"], dt=0.5, duration=3.0, phases=phases)
        theory = IncentiveSalience(rule="additive", states={"test": 8.0})
        learned = theory.learn(s)
        assert learned.value[0, -1, 1] == pytest.approx(-1.0, abs=1e-6)
        assert learned.more["wanting"][0, -1, 1] == pytest.approx(-1 + np.log(8), abs=1e-6)
        same = IncentiveSalience(rule="multiplicative", states={"test": 8.0}).learn(s)
        assert same.more["wanting"][0, -1, 1] == pytest.approx(-8.0, abs=1e-5)
        np.testing.assert_array_equal(same.delta, learned.delta)

    def test_additive_kappa_leaves_a_cue_alone_that_predicts_nothing(self):
        kinds = {"A": Trial({"A": (0.5, 1.5)}, {1.5: 1.0}), "B": Trial({"B": (0.5, 1.5)})}
        s = sequence(kinds, ["A", "B"] * 100, dt=0.5, duration=3.0)
        wanted = IncentiveSalience(rule="additive", kappa=3.0).learn(s).more["wanting"][0]
        assert wanted[-2, 1] == pytest.approx(1 + np.log(3), abs=1e-3)
        assert wanted[-1, 1] == 0.0
        # Nor does a cue two steps from the reward bring anything next.
        chained = IncentiveSalience(rule="additive", kappa=3.0).learn(chain(400))
        assert chained.more["wanting"][0, -1, 1] == pytest.approx(chained.value[0, -1, 1])

    def test_liking_knows_no_dopamine(self):
        low, high = (IncentiveSalience(kappa=k).learn(chain(50)).more["liking"] for k in (0.01, 1.7))
        np.testing.assert_array_equal(low, high)
        assert low[0, -1, 5] == 1.0

    def test_wanting_rules(self):
        np.testing.assert_allclose(wanting([1.0, -1.0], 0.5, 2.0), [2.5, -1.5])
        with pytest.raises(ValueError, match="kappa must be > 0; got 0"):
            wanting(1.0, 0.0, 0.0)
        with pytest.raises(ValueError, match="rule must be"):
            wanting(1.0, 0.0, rule="Eq. 3c")


def naive_anccr(s, T, alpha=0.02, k=1.0, w=0.5, theta=0.6, alpha_r=0.2, every=0.2, least=1e-3):
    """The rule as loops over single numbers: traces are sums over all past events, every sample is taken."""
    events = []
    for trial in range(s.n_trials):
        for step in range(s.n_steps):
            t = s.start[trial] + step * s.dt
            events += [(t, i, 0.0, trial, step) for i in range(len(s.stimuli)) if s.onset[trial, step, i]]
            if s.reward[trial, step]:
                events.append((t, len(s.stimuli), float(s.reward[trial, step]), trial, step))
    m = len(s.stimuli) + 1

    def trace(i, now, upto):
        return sum(np.exp(-(now - t) / T) for t, kind, *_ in events[:upto] if kind == i)

    M, R, A = np.zeros((m, m)), np.zeros((m, m)), np.zeros((m, m))
    base, count, delta = np.zeros(m), np.zeros(m), np.zeros(s.reward.shape)
    target = [False] * (m - 1) + [True]
    last, sample = [None] * m, 0
    for n, (t, j, size, trial, step) in enumerate(events):
        while sample * every < t - 1e-9:
            for i in range(m):
                base[i] += k * alpha * (trace(i, sample * every, n) - base[i])
            sample += 1
        count[j] += 1
        last[j] = t
        if target[j]:
            for i in range(m):
                M[i, j] += alpha * (trace(i, t, n + 1) - M[i, j])
        NC = np.zeros((m, m))
        for a in range(m):
            for b in range(m):
                if count[a] and count[b]:
                    prc = M[a, b] - base[a]
                    src = prc * base[b] / base[a] if base[a] / T >= least else 0.0
                    NC[a, b] = w * src + (1 - w) * prc
        R[j, j] = size
        A[j] = 0
        for a in range(m):
            A[a] = NC[a] * R[a] - sum(
                A[c].copy() * np.exp(-(t - last[c]) / T) for c in range(m) if c != a and count[c] and NC[c, a] > theta
            )
        d = sum(A[j, b] for b in range(m) if target[b])
        delta[trial, step] = d
        target[j] = target[j] or d + (j == m - 1) > theta
        causes = [a for a in range(m) if a != j and NC[a, j] > theta]
        if d >= 0:
            R[:, j] += alpha_r * (size - R[:, j])
        else:
            shares = {a: np.exp(-(t - last[a]) / T) / count[a] for a in causes}
            for a in causes:
                R[a, j] -= alpha_r * R[a, j] * shares[a] / sum(shares.values())
    return delta


class TestANCCR:
    @pytest.mark.parametrize("k", [1.0, 0.3])
    def test_same_as_loops_over_numbers(self, k):
        kinds = {"AB+": CHAIN["AB+"], "B+": Trial({"B": (0.5, 1.0)}, {1.5: 2.0}), "A": Trial({"A": (0.7, 1.0)})}
        order = np.random.default_rng(3).choice(list(kinds), 150)
        s = sequence(kinds, order.tolist(), dt=0.1, duration=3.5, gap=np.random.default_rng(4).exponential(8, 150))
        theory = ANCCR(time_constant=15.0, base_rate_ratio=k, jitter=0.0, omissions=False, learning_rate=0.05)
        np.testing.assert_allclose(theory.learn(s).delta[0], naive_anccr(s, 15.0, alpha=0.05, k=k), atol=1e-10)

    def test_base_rate_settles_at_rate_times_constant(self):
        s = sequence({"A": Trial({"A": (0.0, 0.5)})}, ["A"] * 2000, dt=0.5, duration=1.0, gap=9.0)
        learned = ANCCR(time_constant=20.0, learning_rate=0.001).learn(s)
        assert learned.delta.shape == (1, 2000, 2)
        # A trace that jumps by 1 every 10 s and decays with T = 20 s has the mean 20/10, and a single random
        # predecessor of nothing has no contingency: NC of A with itself is M - base with no update of M.
        assert learned.more["net_contingency"][0, 0, 0] == pytest.approx(-2.0, rel=0.1)

    def test_response_moves_to_the_cue_and_an_omission_is_a_dip(self):
        kinds = {"A+": Trial({"A": (0.5, 1.0)}, {1.5: 1.0}, due=1.5), "A-": Trial({"A": (0.5, 1.0)}, due=1.5)}
        kinds["+"] = Trial({}, {1.5: 1.0}, learning=False)
        s = sequence(kinds, ["A+"] * 500 + ["+", "A+", "A-", "A-"], dt=0.1, duration=2.5, gap=60.0)
        delta = ANCCR().learn(s, rng=0).delta[0]
        assert delta[0, 5] == 0.0
        assert delta[-3, 5] > 0.5
        assert delta[-3, 15] < 0.5 * delta[-4, 15]
        # The first omission is new; from the second on it counts as the lack of reward.
        assert delta[-2, 15] == 0.0
        assert delta[-1, 15] < -0.1
        assert ANCCR(omissions=False).learn(s, rng=0).delta[0, -1, 15] == 0.0

    def test_unpredicted_rewards_come_to_excite_more(self):
        gap = np.random.default_rng(0).exponential(12.0, 300)
        s = sequence({"+": Trial({}, {0.0: 1.0})}, ["+"] * 300, dt=0.1, duration=0.2, gap=gap)
        delta = ANCCR().learn(s, rng=0).delta[0, :, 0]
        assert delta[-50:].mean() > delta[:10].mean() + 0.2

    def test_jitter_parts_events_of_one_moment(self):
        kinds = {"AB+": Trial({"A": (0.5, 1.0), "B": (0.5, 1.0)}, {1.5: 1.0})}
        s = sequence(kinds, ["AB+"] * 50, dt=0.1, duration=2.5, gap=15.0)
        one, same, other = (ANCCR().learn(s, rng=seed).delta for seed in (1, 1, 2))
        np.testing.assert_array_equal(one, same)
        assert not np.array_equal(one, other)


@pytest.mark.parametrize("theory", ALL, ids=lambda each: f"{each.name} {each!r:.40}")
class TestAll:
    def test_probes_change_nothing(self, theory):
        kinds = CHAIN | {"AB?": Trial(AB, {2.5: 1.0}, learning=False)}
        plain = sequence(kinds, ["AB+"] * 20, dt=0.5, duration=3.5, gap=0.0)
        probed = sequence(kinds, ["AB+"] * 20 + ["AB?"], dt=0.5, duration=3.5, gap=0.0)
        if isinstance(theory, ANCCR):
            theory = ANCCR(time_constant=20.0)
        a, b = theory.learn(plain, rng=0), theory.learn(probed, rng=0)
        np.testing.assert_array_equal(a.delta, b.delta[:, :-1])
        for name, value in a.more.items():
            if value.shape[1:] != plain.reward.shape:
                np.testing.assert_array_equal(value, b.more[name])

    def test_shapes_and_reproducible(self, theory):
        s = chain(10, 2)
        one, two = theory.learn(s, rng=5), theory.learn(s, rng=5)
        assert one.delta.shape == one.value.shape == (1, 12, 7)
        np.testing.assert_array_equal(one.delta, two.delta)
        assert isinstance(theory.name, str)
        assert all(type(other) is type(theory) for other in type(theory).published().values())

    def test_rows_of_a_batch_are_the_runs_alone(self, theory):
        s = chain(30, 1)
        first = type(theory).free_parameters[0]
        values = [0.05, 0.2]
        extra = {"signal": theory.signal, "variant": theory.variant} if isinstance(theory, SuccessorTD) else {}
        batch = type(theory)(**{first: values}, **extra).learn(s, rng=0)
        for row, value in enumerate(values):
            alone = type(theory)(**{first: value}, **extra).learn(s, rng=0)
            np.testing.assert_allclose(batch.delta[row], alone.delta[0], atol=1e-14)
            np.testing.assert_allclose(batch.value[row], alone.value[0], atol=1e-14)


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: SuccessorTD(discount=1.2), ValueError, "discount must"),
        (lambda: SuccessorTD(variant="paper"), ValueError, "variant must"),
        (lambda: SuccessorTD(trace_decay=1.5), ValueError, "trace_decay must"),
        (lambda: SuccessorTD(signal="both"), ValueError, "signal must"),
        (lambda: SuccessorTD(learning_rate="a"), TypeError, "learning_rate must"),
        (lambda: OpAL(learning_rate=-0.1), ValueError, "learning_rate must"),
        (lambda: OpALStar(low=1.0, high=0.0), ValueError, "high must"),
        (lambda: OpALStar(annealing=0.0), ValueError, "annealing must be > 0; got 0"),
        (lambda: OpALStar(slows_by="time"), ValueError, "slows_by must"),
        (lambda: IncentiveSalience(kappa=0.0), ValueError, "kappa must be > 0; got 0"),
        (lambda: IncentiveSalience(rule="3b"), ValueError, "rule must"),
        (lambda: IncentiveSalience(states={"test": -1.0}), ValueError, "states"),
        (lambda: IncentiveSalience(states={"tset": 2.0}).learn(chain(2)), ValueError, "tset"),
        (lambda: ANCCR(weight=1.5), ValueError, "weight must"),
        (lambda: ANCCR(time_constant=0.0), ValueError, "time_constant must"),
        (lambda: ANCCR(omissions=1), TypeError, "omissions must"),
        (lambda: ANCCR(learning_rate=[0.1, 0.2], threshold=[0.1, 0.2, 0.3]), ValueError, "threshold"),
    ],
)
def test_bad_input(make, error, match):
    with pytest.raises(error, match=match):
        make()
