"""Tidy tables: one row an observation, one column a factor, with settings, versions and seed, written and read back.

====================================  =========================================
What you want                         What to call
====================================  =========================================
a table from columns                  `Table(columns, about=...)`
some of its rows                      `table.where(table["k"] > 0.1)`
to write it                           `table.to_csv`, `table.to_parquet`
to read back what the library wrote   `read("sweep.csv")`
it in a paper or another package      `table.to_latex`, `to_pandas`, `to_xarray`
====================================  =========================================
"""

from rpe.table.columns import ColumnLike, Table, versions
from rpe.table.reading import read

__all__ = ["ColumnLike", "Table", "read", "versions"]


def __dir__() -> list[str]:
    return __all__
