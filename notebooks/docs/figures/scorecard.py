"""Draw the scorecard of the guide: the best-known theories on findings that tell them apart."""

from pathlib import Path

from rpe import scorecard
from rpe._files import figure_writer, write_atomically

KNOWN = (
    "Rescorla-Wagner",
    "Pearce-Hall",
    "TD(0)",
    "TD(0.9)",
    "TD, microstimuli",
    "belief state",
    "semi-Markov, given waits",
    "Kalman TD",
    "value decay",
    "distributional",
    "successor",
    "ANCCR",
    "value code",
    "salience",
)
DECISIVE = (
    *("A01", "A02", "A03", "A12", "B01", "B02", "B03", "B04", "B05", "B11", "B15"),
    *("C01", "C02", "C08", "D01", "D04", "E08", "F01", "F06", "G01"),
)

if __name__ == "__main__":
    makers = scorecard.roster()
    card = scorecard.run({name: makers[name]() for name in KNOWN}, DECISIVE, n_seeds=3, rng=0, n_jobs=2)
    figure = scorecard.figure(card, size=8.0)
    write_atomically(Path(__file__).with_name("scorecard.png"), figure_writer(figure, "png"))
    print(card)
