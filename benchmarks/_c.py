"""The agent loop as plain C, one agent after another, compiled on the spot."""

import ctypes
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

SOURCE = r"""
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct { uint64_t s[4]; } rng_t;

static uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static double uniform(rng_t *r) {                       /* xoshiro256+ */
    uint64_t *s = r->s, result = s[0] + s[3], t = s[1] << 17;
    s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = rotl(s[3], 45);
    return (result >> 11) * 0x1.0p-53;
}

static void seed(rng_t *r, uint64_t x) {                /* splitmix64 */
    for (int i = 0; i < 4; i++) {
        uint64_t z = (x += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        r->s[i] = z ^ (z >> 31);
    }
}

/* Softmax Q(lambda)-learning. noise may be NULL: then C draws its own.
   q: n_agents x n_states x n_actions; sums, squares: n_trials x (n_steps + 1). Returns the steps lived. */
int64_t run(int64_t n_agents, int64_t n_trials, int64_t n_steps, int64_t n_states, int64_t n_actions,
            const int64_t *next_state, const double *utility, const uint8_t *ended, const uint8_t *available,
            double alpha, double gamma, double lambda, double beta,
            const double *noise, double *q, double *sums, double *squares) {
    int64_t lived = 0;
    double w[16];
    double *deltas = malloc(n_steps * sizeof *deltas), *keeps = malloc(n_steps * sizeof *keeps);
    double **cells = malloc(n_steps * sizeof *cells);
    rng_t r;
    for (int64_t agent = 0; agent < n_agents; agent++) {
        double *mine = q + agent * n_states * n_actions;
        seed(&r, agent);
        for (int64_t trial = 0; trial < n_trials; trial++) {
            int64_t s = 0, t;
            double cue = -INFINITY;
            for (int64_t a = 0; a < n_actions; a++) if (available[a] && mine[a] > cue) cue = mine[a];
            sums[trial * (n_steps + 1)] += gamma * cue;
            squares[trial * (n_steps + 1)] += gamma * cue * gamma * cue;
            for (t = 0; t < n_steps; t++) {
                double *row = mine + s * n_actions, best = -INFINITY, total = 0, ahead = -INFINITY;
                const uint8_t *can = available + s * n_actions;
                for (int64_t a = 0; a < n_actions; a++) if (can[a] && row[a] > best) best = row[a];
                for (int64_t a = 0; a < n_actions; a++) total += w[a] = can[a] ? exp(beta * (row[a] - best)) : 0;
                double u = total * (noise ? noise[(trial * n_steps + t) * n_agents + agent] : uniform(&r));
                int64_t a = 0;
                for (double c = w[0]; a < n_actions - 1 && u >= c; c += w[++a]);
                int64_t place = s * n_actions + a, to = next_state[place];
                const uint8_t *then = available + to * n_actions;
                const double *values = mine + to * n_actions;
                for (int64_t b = 0; b < n_actions; b++) if (then[b] && values[b] > ahead) ahead = values[b];
                double delta = utility[place] + (ended[place] ? 0 : gamma * ahead) - row[a];
                sums[trial * (n_steps + 1) + t + 1] += delta;
                squares[trial * (n_steps + 1) + t + 1] += delta * delta;
                deltas[t] = delta; cells[t] = row + a; keeps[t] = row[a] >= best;
                if (lambda == 0) row[a] += alpha * delta;
                lived++;
                s = to;
                if (ended[place]) { t++; break; }
            }
            if (lambda > 0) {                           /* layered tasks only: no cell is met twice */
                double g = 0;
                for (int64_t i = t - 1; i >= 0; i--) {
                    g = deltas[i] + (i < t - 1 ? gamma * lambda * keeps[i + 1] * g : 0);
                    *cells[i] += alpha * g;
                }
            }
        }
    }
    free(deltas); free(keeps); free(cells);
    return lived;
}
"""


def compiled(code: str) -> tuple[ctypes.CDLL, Any]:
    """Compile C code; return the library, and its folder, which is to be kept as long."""
    folder = tempfile.TemporaryDirectory()
    source, library = Path(folder.name, "loop.c"), Path(folder.name, "loop.so")
    source.write_text(code)
    command = ["cc", "-O3", "-march=native", "-shared", "-fPIC", "-o", str(library), str(source), "-lm"]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(library)), folder


class AgentLoop:
    """Softmax Q(λ)-learning on a task without luck, in C; summaries as `rpe.simulate` makes them."""

    def __init__(self) -> None:
        library, self._folder = compiled(SOURCE)
        self._run = library.run
        self._run.restype = ctypes.c_int64

    def __call__(self, agent: Any, task: Any, n_agents: int, n_trials: int, noise: Any = None) -> dict[str, Any]:
        """Run; return the action values, sums and squares of δ, and the number of steps lived."""
        tables = task.tables
        shape = tables.next_state.shape[1:]
        arrays = [
            np.ascontiguousarray(tables.next_state[0]),
            np.ascontiguousarray(np.broadcast_to((tables.reward - tables.effort)[0], shape)),
            np.ascontiguousarray(np.broadcast_to(tables.terminated[0], shape)).view(np.uint8),
            np.ascontiguousarray(np.broadcast_to(tables.available, shape)).view(np.uint8),
        ]
        q = np.zeros((n_agents, *shape))
        sums, squares = np.zeros((2, n_trials, task.n_steps + 1))
        sizes = [ctypes.c_int64(size) for size in (n_agents, n_trials, task.n_steps, *shape)]
        names = ("learning_rate", "discount", "trace_decay", "inverse_temperature")
        rates = [ctypes.c_double(float(getattr(agent, name))) for name in names]
        pointers = [ctypes.c_void_p(a.ctypes.data) for a in arrays]
        noise_pointer = ctypes.c_void_p(None if noise is None else noise.ctypes.data)
        out = [ctypes.c_void_p(a.ctypes.data) for a in (q, sums, squares)]
        lived = self._run(*sizes, *pointers, *rates, noise_pointer, *out)
        return {"q": q, "delta_mean": sums / n_agents, "square": squares / n_agents, "lived": lived}
