"""Linear TD(λ) as plain C, one agent after another, compiled on the spot."""

import ctypes
from typing import Any

import numpy as np
from _c import compiled

SOURCE = r"""
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* weights: n_agents x n_features; sums, squares: n_trials x n_steps, or NULL;
   deltas, values: kept x n_trials x n_steps, of the first agents. */
static inline void note(int64_t place, int64_t all, int64_t agent, int64_t kept, double delta, double value,
                        double *sums, double *squares, double *deltas, double *values) {
    sums[place] += delta;
    squares[place] += delta * delta;
    if (agent < kept) { deltas[agent * all + place] = delta; values[agent * all + place] = value; }
}

/* A complete serial compound: feature t - cue is on in step t, from the cue on. The lambda-errors of
   a trial come by one backward sweep. */
void serial(int64_t n_agents, int64_t n_trials, int64_t n_steps, int64_t cue, const double *reward,
            const double *alphas, const double *gammas, const double *lambdas,
            double *weights, double *sums, double *squares, int64_t kept, double *deltas, double *values) {
    int64_t n_features = n_steps - cue;
    double *delta = malloc(n_steps * sizeof *delta);
    for (int64_t agent = 0; agent < n_agents; agent++) {
        double *w = weights + agent * n_features, alpha = alphas[agent], gamma = gammas[agent];
        double decay = gamma * lambdas[agent];
        for (int64_t trial = 0; trial < n_trials; trial++) {
            const double *r = reward + trial * n_steps;
            double old = 0;
            for (int64_t t = 0; t < n_steps; t++) {
                double value = t < cue ? 0 : w[t - cue];
                delta[t] = r[t] + gamma * value - old;
                if (sums) note(trial * n_steps + t, n_trials * n_steps, agent, kept, delta[t], value,
                               sums, squares, deltas, values);
                old = value;
            }
            if (decay == 0) {
                for (int64_t t = cue + 1; t < n_steps; t++) w[t - cue - 1] += alpha * delta[t];
            } else {
                double g = 0;
                for (int64_t t = n_steps - 1; t > cue; t--) {
                    g = delta[t] + decay * g;
                    w[t - cue - 1] += alpha * g;
                }
            }
        }
    }
    free(delta);
}

/* Any features, n_steps x n_features, the same in every trial; step by step. */
void linear(int64_t n_agents, int64_t n_trials, int64_t n_steps, int64_t n_features,
            const double *x, const double *reward,
            const double *alphas, const double *gammas, const double *lambdas,
            double *weights, double *sums, double *squares, int64_t kept, double *deltas, double *values) {
    double *e = malloc(n_features * sizeof *e);
    for (int64_t agent = 0; agent < n_agents; agent++) {
        double *w = weights + agent * n_features, alpha = alphas[agent], gamma = gammas[agent];
        double decay = gamma * lambdas[agent];
        for (int64_t trial = 0; trial < n_trials; trial++) {
            double old = 0;
            memset(e, 0, n_features * sizeof *e);
            for (int64_t t = 0; t < n_steps; t++) {
                const double *now = x + t * n_features;
                double value = 0;
                for (int64_t i = 0; i < n_features; i++) value += w[i] * now[i];
                double delta = reward[trial * n_steps + t] + gamma * value - old, step = alpha * delta;
                if (sums) note(trial * n_steps + t, n_trials * n_steps, agent, kept, delta, value,
                               sums, squares, deltas, values);
                for (int64_t i = 0; i < n_features; i++) { w[i] += step * e[i]; e[i] = decay * e[i] + now[i]; }
                old = 0;
                for (int64_t i = 0; i < n_features; i++) old += w[i] * now[i];
            }
        }
    }
    free(e);
}
"""


class PlainTD:
    """Linear TD(λ) from weights of 0, in C; returns what `rpe.td.learn` returns."""

    def __init__(self) -> None:
        self._library, self._folder = compiled(SOURCE)

    def serial(self, cue: int, reward: Any, rates: Any, *, record: bool = True) -> Any:
        """A serial compound from step `cue` on; reward (n_trials, n_steps), rates (3, n_agents)."""
        return self._run(self._library.serial, [cue], [], reward.shape[1] - cue, reward, rates, record=record)

    def linear(self, x: Any, reward: Any, rates: Any, *, record: bool = True) -> Any:
        """Any features (n_steps, n_features), the same in every trial."""
        return self._run(self._library.linear, [x.shape[1]], [x], x.shape[1], reward, rates, record=record)

    def _run(
        self, function: Any, sizes: Any, inputs: Any, n_features: int, reward: Any, rates: Any, *, record: bool
    ) -> Any:
        shape, n_agents, kept = reward.shape, rates.shape[1], min(64, rates.shape[1])
        weights = np.zeros((n_agents, n_features))
        sums, squares = np.zeros((2, *shape))
        deltas, values = np.empty((2, kept, *shape))
        arrays = [np.ascontiguousarray(a) for a in (*inputs, reward, *rates)]
        out = [weights, sums if record else None, squares if record else None]
        pointers = [ctypes.c_void_p(None if a is None else a.ctypes.data) for a in (*arrays, *out)]
        last = [ctypes.c_void_p(a.ctypes.data) for a in (deltas, values)]
        function(*[ctypes.c_int64(n) for n in (n_agents, *shape, *sizes)], *pointers, ctypes.c_int64(kept), *last)
        mean = sums / n_agents
        return deltas, values, weights, mean, squares / n_agents - mean**2
