"""Fast ways through a simulation, behind one door; tests hold each against the agents' own methods."""

from rpe.simulate._fast.dispatch import PageOfTrials, checked_engine, fast_way, saves_time

__all__ = ["PageOfTrials", "checked_engine", "fast_way", "saves_time"]
