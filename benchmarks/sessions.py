"""Peak memory and CPU time of theories on a session without trials: an hour of steps of 0.1 s, in less than 1 GB.

`python benchmarks/sessions.py` runs an hour, `--hours 4` more. A dense serial compound of an hour would take 21 GB.
"""

import argparse
import resource
import sys
import time

import rpe

LIMIT_MB = 1000.0
THEORIES = {
    "session clock": rpe.theories.SessionTD(),
    "chains between events": rpe.theories.SessionTD(between="chains"),
    "background and contexts": rpe.theories.SessionTD(between="background", context=True),
    "rate by time between rewards": rpe.theories.SessionTD(interval_memory=5000.0),
    "ANCCR": rpe.theories.ANCCR(),
}


def main() -> None:
    """Print a line for each theory; fail above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0, metavar="N")
    hours = parser.parse_args().hours
    gap = rpe.schedules.exponential(25.0)
    trials = rpe.schedules.delay_conditioning(round(hours * 3600 / 30), dt=0.1, duration=5.0, gap=gap, rng=0)
    session = rpe.schedules.joined(trials)
    print(f"{session.n_steps} steps of {session.dt:g} s in one trial")
    # What the interpreter, NumPy and compiled loops take is not the session's.
    for theory in THEORIES.values():
        theory.learn(rpe.schedules.joined(rpe.schedules.delay_conditioning(3, dt=0.1, gap=10.0)), rng=0)
    for name, theory in THEORIES.items():
        began = time.process_time()
        learned = theory.learn(session, rng=0)
        seconds = time.process_time() - began
        # Kilobytes on Linux; the largest of the whole process so far.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = f"peak of the process {peak:.0f} MB"
        print(f"{name:<30} {seconds:6.2f} s   {size}   largest error {learned.delta.max():.2f}")
        if peak > LIMIT_MB:
            sys.exit(f"{name} takes {peak:.0f} MB, more than {LIMIT_MB:.0f}")


if __name__ == "__main__":
    main()
