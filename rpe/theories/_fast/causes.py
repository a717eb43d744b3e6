"""Retrospective causal learning event by event, agent by agent; the rule is `rpe.theories._causes.judge_events`.

Sums go in the order of the rule; only powers and exponentials may differ in a last bit.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

import math

import numpy as np

from rpe._checks import Floats
from rpe.schedules import Schedule
from rpe.theories._causes import Known, Parameters
from rpe.theories._event_log import Log
from rpe.theories._fast.compiling import compiled, held, zeros


def judge_events_alone(schedule: Schedule, log: Log, known: Known, p: Parameters) -> tuple[Floats, Floats, Floats]:
    """Do what `judge_events` does where nothing is manipulated, agent by agent."""
    n, k = len(p.rate), len(schedule.stimuli) + 2
    delta, value = np.zeros((2, n, *schedule.reward.shape))
    contingency = np.zeros((n, k, k))
    events = tuple(held(each) for each in (log.kind, log.time, log.size, log.pulse, log.trial, log.step, *known))
    learning, on = held(schedule.learning[log.trial, log.step]), held(schedule.level[log.trial, log.step] != 0)
    settings = (float(p.sampling), float(p.minimum_rate), bool(p.omissions))
    for agent in range(n):
        rates = tuple(float(each[agent]) for each in p[:5])
        # E, Δ, M̄, how often, 1/M̄ and a row to work in; M, R, ANCCR and NC.
        rows, tables, target = zeros(6, k), zeros(4, k, k), held(np.arange(k) == k - 2)
        _run(events, learning, on, rates, settings, (rows, tables, target), delta[agent], value[agent])
        contingency[agent] = tables[3]
    return delta.transpose(1, 2, 0), value.transpose(1, 2, 0), np.moveaxis(contingency, 0, 2)


@compiled
def _run(events, learning, on, rates, settings, memory, delta, value):
    """Take in all events of one agent; errors and values (n_trials, n_steps) and its memory are filled in."""
    kinds, times, sizes, pulses, trials, steps, constants, event_rates = events
    own_rate, base_rate, weight, threshold, cause_rate = rates
    sampling, minimum_rate, omissions = settings
    rows, tables, target = memory
    trace, recent, base, count, inverse, share = rows
    seen, cause, adjusted, contingency = tables
    k = len(trace)
    reward = k - 2
    counts, last = False, 0.0
    for event in range(len(kinds)):
        kind, time, size, constant = kinds[event], times[event], sizes[event], constants[event]
        trial, step, learns = trials[event], steps[event], learning[event]
        if kind == reward + 1 and not (omissions and counts):
            continue
        # Traces decay, and base rates are sampled on the way.
        first = math.ceil(last / sampling - 1e-9)
        n_samples = max(math.ceil(time / sampling - 1e-9) - first, 0.0)
        if learns:
            keep, fade = 1 - base_rate, math.exp(-sampling / constant)
            kept, faded = keep**n_samples, fade**n_samples
            if abs(keep - fade) < 1e-12:
                sampled = n_samples * fade ** max(n_samples - 1, 0.0)
            else:
                sampled = (kept - faded) / (keep - fade)
            gained = base_rate * sampled * math.exp(-(first * sampling - last) / constant)
            for i in range(k):
                base[i] = kept * base[i] + gained * trace[i]
        left = math.exp(-(time - last) / constant)
        for i in range(k):
            trace[i] *= left
            recent[i] *= left
        last = time
        trace[kind] += 1.0
        recent[kind] = 1.0
        if learns:
            count[kind] += 1
            if target[kind]:
                rate = own_rate if math.isnan(event_rates[event]) else event_rates[event]
                for i in range(k):
                    seen[i][kind] += rate * (trace[i] - seen[i][kind])
        _contingencies(seen, base, count, weight, minimum_rate, constant, inverse, contingency)
        cause[kind][kind] = size
        dopamine = _dopamine(contingency, cause, recent, target, threshold, kind, adjusted, share) + pulses[event]
        if learns:
            counts = counts or (kind == reward and _any_cause(contingency, threshold, kind))
            _judge(contingency, recent, count, target, threshold, cause_rate, kind, size, dopamine, cause, share)
        delta[trial, step] += dopamine
        worth = 0.0
        if count[reward] > 0:
            for i in range(reward):
                if on[event][i] and count[i] > 0:
                    worth += (seen[i][reward] - base[i]) * (inverse[i] * base[reward]) * cause[i][reward]
        value[trial, step:] = worth
    if len(kinds):
        _contingencies(seen, base, count, weight, minimum_rate, constants[-1], inverse, contingency)


@compiled
def _contingencies(seen, base, count, weight, minimum_rate, constant, inverse, contingency):
    """Fill in 1/M̄ of frequent events and NC."""
    k = len(base)
    for i in range(k):
        frequent = count[i] > 0 and base[i] / constant >= minimum_rate and base[i] > 0
        inverse[i] = 1 / base[i] if frequent else 0.0
    for i in range(k):
        for j in range(k):
            backward = seen[i][j] - base[i] if count[i] > 0 and count[j] > 0 else 0.0
            contingency[i][j] = weight * (backward * (inverse[i] * base[j])) + (1 - weight) * backward


@compiled
def _dopamine(contingency, cause, recent, target, threshold, kind, adjusted, share):
    """Work out ANCCR of all events, in order, and sum that of this one over the targets."""
    k = len(recent)
    for j in range(k):
        adjusted[kind][j] = 0.0
    for row in range(k):
        for j in range(k):
            explained = 0.0
            for other in range(k):
                if other != row and contingency[other][row] > threshold:
                    explained += recent[other] * adjusted[other][j]
            share[j] = contingency[row][j] * cause[row][j] - explained
        for j in range(k):
            adjusted[row][j] = share[j]
    dopamine = 0.0
    for j in range(k):
        if target[j]:
            dopamine += adjusted[kind][j]
    return dopamine


@compiled
def _any_cause(contingency, threshold, kind):
    found = False
    for i in range(len(contingency)):
        found = found or (i != kind and contingency[i][kind] > threshold)
    return found


@compiled
def _judge(contingency, recent, count, target, threshold, cause_rate, kind, size, dopamine, cause, share):
    """Make the event a target or not, and move R to the size of what came, or take from its causes."""
    k = len(recent)
    reward = k - 2
    if kind == reward + 1:
        cause[kind][reward] = cause[reward][reward]
        target[kind] = True
    if dopamine + (kind == reward) > threshold:
        target[kind] = True
    if dopamine >= 0:
        for i in range(k):
            cause[i][kind] += cause_rate * (size - cause[i][kind])
        return
    total = 0.0
    for i in range(k):
        causes = i != kind and contingency[i][kind] > threshold
        share[i] = recent[i] / max(count[i], 1.0) if causes else 0.0
        total += share[i]
    if total > 0:
        for i in range(k):
            cause[i][kind] -= cause_rate * (cause[i][kind] * share[i] / total)
