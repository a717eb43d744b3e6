"""The likelihood of two-armed Q-learning and its gradient as plain C, one fit after another, compiled on the spot."""

import ctypes
from typing import Any

import numpy as np
from _c import compiled

SOURCE = r"""
#include <math.h>
#include <stdint.h>

/* action, reward: n_subjects x n_trials; out: n_fits x 6, the value, its slopes in alpha and
   beta, and their expected information. */
void likelihood(int64_t n_fits, int64_t n_trials, const int64_t *subject, const int64_t *action,
                const double *reward, const double *alphas, const double *betas, double *out) {
    for (int64_t fit = 0; fit < n_fits; fit++) {
        const int64_t *a = action + subject[fit] * n_trials;
        const double *r = reward + subject[fit] * n_trials;
        double alpha = alphas[fit], beta = betas[fit], q[2] = {0, 0}, dq[2] = {0, 0};
        double value = 0, in_alpha = 0, in_beta = 0, aa = 0, ab = 0, bb = 0;
        for (int64_t t = 0; t < n_trials; t++) {
            int64_t c = a[t];
            double apart = q[c] - q[1 - c], p = 1 / (1 + exp(-beta * apart));
            value += log(p);
            double turn = beta * (dq[c] - dq[1 - c]), spread = p * (1 - p);
            in_alpha += (1 - p) * turn;
            in_beta += (1 - p) * apart;
            aa += spread * turn * turn; ab += spread * turn * apart; bb += spread * apart * apart;
            double error = r[t] - q[c];
            dq[c] += error - alpha * dq[c];
            q[c] += alpha * error;
        }
        double all[6] = {value, in_alpha, in_beta, aa, ab, bb};
        for (int i = 0; i < 6; i++) out[6 * fit + i] = all[i];
    }
}
"""


class Likelihood:
    """The compiled likelihood."""

    def __init__(self) -> None:
        self._library, self._folder = compiled(SOURCE)

    def __call__(self, data: Any, x: Any, subject: Any) -> Any:
        """Return value, slopes in α and β, and information αα, αβ and ββ, (n_fits, 6)."""
        action = np.ascontiguousarray(data.action[:, :, 0], dtype=np.int64)
        reward = np.ascontiguousarray(data.reward[:, :, 0])
        alphas, betas = (np.ascontiguousarray(x[:, i]) for i in range(2))
        out = np.empty((len(x), 6))
        pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in (subject, action, reward, alphas, betas, out)]
        self._library.likelihood(ctypes.c_int64(len(x)), ctypes.c_int64(action.shape[1]), *pointers)
        return out
