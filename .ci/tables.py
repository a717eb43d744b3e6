"""What the extra `tables` brings: a table as Parquet, and back; as a data frame."""

from pathlib import Path

import rpe

columns = {"name": ["a", "b"], "value": [0.5, 1.5], "done": [True, False]}
table = rpe.table.Table(columns, {"settings": {"k": 0.08}, "seed": 0})
path = Path("table.parquet")
table.to_parquet(path)
back = rpe.table.read(path)
assert {name: list(back[name]) for name in back} == columns
assert list(table.to_pandas()["value"]) == [0.5, 1.5]
assert list(table.to_xarray()["value"].values) == [0.5, 1.5]
print("Parquet, pandas and xarray work")
