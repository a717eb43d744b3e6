"""Linear TD(λ) at speed, exact in every path; each is tested against `rpe.td.step_by_step`.

====================  =============================================================
when                  how
====================  =============================================================
serial_compound.py    no feature is on twice in a trial: one backward sweep
shared_trace.py       all agents have one trace: a trial is two matrix products
trial_matrices.py     the matrices of `shared_trace` and `single_agent`
spans.py              every agent has its own trace: eight steps at once
single_agent.py       one agent, many trials alike: a trial is one linear map
engine.py             compiled loops, where Numba is installed: compiled.py
dispatch.py           which path takes which trial, and blocks that fit the cache
====================  =============================================================
"""

from rpe.td._fast.dispatch import learn_trials

__all__ = ["learn_trials"]
