"""Damaged files: whatever reads one says which file it is, where in it, and why; or reads what was meant."""

import gzip
import json
import sqlite3
from contextlib import closing

import numpy as np
import pytest

import rpe
from rpe.records import read_choices, read_offers, read_signals, read_work
from rpe.scorecard.cells import CellFile

# A file of two subjects for each reader: its text, and the call.
TEXTS = {
    "choices": (
        read_choices,
        "subject,trial,action,reward,note\nanna,0,0,1.5,x\nanna,1,1,0.0,x\nben,0,1,1.0,y\nben,1,0,2.5,y\n",
    ),
    "offers": (
        lambda path: read_offers(path, {"amount": ["soon", "later"]}),
        "subject,action,soon,later\nanna,0,1.5,3\nanna,1,0.5,4\nben,0,1.0,5\nben,1,2.5,6\n",
    ),
    "work": (
        lambda path: read_work(path, unit=0.5),
        "subject,day,done,note\nanna,0,1.5,x\nanna,1,0.5,x\nben,0,1.0,y\nben,1,2.5,y\n",
    ),
    "signals": (
        read_signals,
        "subject,trial,time,response,note\nanna,0,0.0,1.5,x\nanna,0,0.1,0.5,x\nben,0,0.0,1.0,y\nben,0,0.1,2.5,y\n",
    ),
}


def edited(old, new, count=1):
    return lambda raw: raw.replace(old, new, count)


# What happens to files, and what the message has to name besides the file: the line where there is one.
DAMAGES = {
    "empty": (lambda raw: b"", ""),
    "a blank line only": (lambda raw: b"\n", ""),
    "header only": (lambda raw: raw.partition(b"\n")[0], ""),
    "cut within the header": (lambda raw: raw[:9], ""),
    "cut within a row": (lambda raw: raw[:-6], "line 5"),
    "another encoding": (edited(b"anna", "änna".encode("latin-1")), "line 2"),
    "UTF-16": (lambda raw: raw.decode().encode("utf-16"), "line 1"),
    "UTF-32": (lambda raw: raw.decode().encode("utf-32"), "line 1"),
    "NUL in a name": (edited(b"ben", b"b\0n"), "line 4"),
    "NUL in a number": (edited(b"1.5", b"1\0.5"), "line 2"),
    "NUL bytes at the end, as after a crash": (lambda raw: raw + b"\0" * 4096, "line 6"),
    "NUL bytes only": (lambda raw: b"\0" * len(raw), "line 1"),
    "a huge field": (edited(b"1.5", b"9" * 200_000), "line 2"),
    "a huge field of text": (edited(b"1.5", b"x" * 200_000), "line 2"),
    "a huge number": (edited(b"1.5", b"1e999"), "line 2"),
    "a number of four hundred digits": (edited(b"1.5", b"1" * 400), "line 2"),
    "infinity": (edited(b"1.5", b"inf"), "line 2"),
    "text for a number": (edited(b"1.5", b"1.5 s"), "line 2"),
    "two points in a number": (edited(b"1.5", b"1.5.0"), "line 2"),
    "a quote that never ends": (edited(b"1.5", b'"1.5'), "line 2"),
    "a cell too many": (edited(b"1.5", b"1.5,7"), "line 2"),
    "a cell too few": (edited(b"1.5,", b""), "line 2"),
    "a trial number beyond all others": (edited(b"ben,1,", b"ben,999999999999,"), "line "),
    "a trial number beyond all integers": (edited(b"ben,0,", b"ben,99999999999999999999999,"), "line 4"),
    "a column twice": (edited(b"subject,", b"note,note,"), ""),
    "a picture": (lambda raw: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + raw, "line 1"),
    "a workbook": (lambda raw: b"PK\x03\x04\x14\0\x06\0" + bytes(range(128, 256)), "line 1"),
    "a row of dashes": (edited(b"anna,1", b"-----\nanna,1"), "line 3"),
    "markers of a merge": (edited(b"ben,0", b"<<<<<<< HEAD\nben,0"), "line 4"),
}
# The same reader reads compressed files.
COMPRESSED = {
    "cut": lambda raw: gzip.compress(raw)[:-12],
    "cut within the header": lambda raw: gzip.compress(raw)[:7],
    "empty": lambda raw: b"",
    "not compressed": lambda raw: raw,
    "another checksum": lambda raw: gzip.compress(raw)[:-8] + b"\0" * 8,
    "another byte": lambda raw: gzip.compress(raw)[:20] + b"\xff" + gzip.compress(raw)[21:],
    "rubbish behind": lambda raw: gzip.compress(raw) + b"rubbish",
}


def refused(call, path, where=""):
    """What a reader says of a damaged file."""
    with pytest.raises((ValueError, OSError)) as found:
        call(path)
    said = str(found.value)
    assert str(path.name) in said or str(path.with_suffix(".json").name) in said, said
    assert where in said, said
    assert len(said) < 700
    return said


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("reader", TEXTS)
def test_a_damaged_record_is_refused_by_file_and_line(reader, damage, tmp_path):
    call, text = TEXTS[reader]
    path, (change, where) = tmp_path / "record.csv", DAMAGES[damage]
    path.write_text(text, encoding="utf-8")
    call(path)
    raw = change(text.encode())
    if raw == text.encode():
        return  # this record has no such column
    path.write_bytes(raw)
    refused(call, path, where)


@pytest.mark.parametrize("damage", COMPRESSED)
@pytest.mark.parametrize("reader", TEXTS)
def test_a_damaged_compressed_record_is_refused_by_file(reader, damage, tmp_path):
    call, text = TEXTS[reader]
    path = tmp_path / "record.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    call(path)
    path.write_bytes(COMPRESSED[damage](text.encode()))
    refused(call, path)


@pytest.mark.parametrize("reader", [*TEXTS, "table"])
def test_what_is_no_file_is_named(reader, tmp_path):
    call = rpe.table.read if reader == "table" else TEXTS[reader][0]
    for path in (tmp_path / "gone.csv", tmp_path / "folder.csv"):
        (tmp_path / "folder.csv").mkdir(exist_ok=True)
        refused(call, path)


# Tables ---------------------------------------------------------------------------------------------

TABLE = rpe.table.Table(
    {
        "subject": ["anna", "anna", "ben", "ben"],
        "trial": [0, 1, 0, 1],
        "reward": [1.5, np.nan, 1.0, 2.5],
        "yes": [True, False, True, True],
    }
)
CSV = {name: case for name, case in DAMAGES.items() if "trial number" not in name}
CSV |= {
    "another value": (edited(b"1.5", b"1.25"), "line 2"),
    "a row less": (lambda raw: raw[: raw.index(b"ben")], ""),
    "a row more": (lambda raw: raw + b"ben,2,3.0,True\r\n", ""),
    "rows in another order": (lambda raw: b"\r\n".join(raw.split(b"\r\n")[i] for i in (0, 2, 1, 3, 4, 5)), "line 2"),
    "a name changed": (edited(b"trial", b"trials"), "line 1"),
    "a flag that is none": (edited(b"True", b"Yes"), "line 2"),
    "a number beyond 64 bits": (edited(b"anna,0", b"anna,99999999999999999999"), "line 2"),
}
JSON = {
    "empty": lambda raw: b"",
    "cut": lambda raw: raw[: len(raw) // 2],
    "a comma too many": lambda raw: raw.replace(b'"kinds"', b',"kinds"'),
    "another encoding": lambda raw: raw.replace(b'"about"', '"abôut"'.encode("latin-1")),
    "UTF-16": lambda raw: raw.decode().encode("utf-16"),
    "NUL bytes": lambda raw: raw + b"\0" * 64,
    "a number": lambda raw: b"3",
    "a list": lambda raw: b"[]",
    "an empty object": lambda raw: b"{}",
    "kinds as a list": lambda raw: _with(raw, kinds=["subject", "trial"]),
    "kinds unknown": lambda raw: _with(
        raw, kinds={"subject": "text", "trial": "int", "reward": "complex", "yes": "bool"}
    ),
    "kinds of numbers": lambda raw: _with(raw, kinds={"subject": 1, "trial": 2, "reward": 3, "yes": 4}),
    "kinds swapped": lambda raw: raw.replace(b'"float"', b'"int"'),
    "kinds of other columns": lambda raw: _with(raw, kinds={"x": "int"}),
    "no digests": lambda raw: _with(raw, digests=None),
    "digests as a list": lambda raw: _with(raw, digests=[1, 2]),
    "another digest": lambda raw: _with(raw, digests=dict.fromkeys(["subject", "trial", "reward", "yes"], "0")),
    "checksums of rows as numbers": lambda raw: _with(raw, rows=12),
    "checksums of another length": lambda raw: _with(raw, rows="abcd"),
    "about as text": lambda raw: _with(raw, about="settings"),
    "a deep nest": lambda raw: b"[" * 100_000,
    "a number of ten thousand digits": lambda raw: raw.replace(b"{", b'{"x": ' + b"9" * 10_000 + b", ", 1),
}


def _with(raw, **changes):
    return json.dumps(json.loads(raw) | changes).encode()


@pytest.mark.parametrize("damage", CSV)
def test_a_damaged_table_is_refused_by_file_and_line(damage, tmp_path):
    path, (change, where) = TABLE.to_csv(tmp_path / "table.csv"), CSV[damage]
    raw = change(path.read_bytes())
    if raw == path.read_bytes():
        return  # this table has no such cell
    path.write_bytes(raw)
    refused(rpe.table.read, path, where)


@pytest.mark.parametrize("damage", JSON)
def test_damaged_json_is_refused_by_file(damage, tmp_path):
    path = TABLE.to_csv(tmp_path / "table.csv")
    beside = path.with_suffix(".json")
    beside.write_bytes(JSON[damage](beside.read_bytes()))
    refused(rpe.table.read, path)


@pytest.mark.parametrize("damage", ["empty", "cut", "a picture", "another library's"])
def test_a_damaged_parquet_file_is_refused_by_file(damage, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    path = TABLE.to_parquet(tmp_path / "table.parquet")
    raw = path.read_bytes()
    path.write_bytes({"empty": b"", "cut": raw[:-20], "a picture": b"\x89PNG" + raw}.get(damage, raw))
    if damage == "another library's":
        import pyarrow.parquet as pq

        pq.write_table(pyarrow.table({"x": [1]}), path)
    refused(rpe.table.read, path)


# Stores ---------------------------------------------------------------------------------------------


def sweep(path):
    return rpe.sweep.run(double, rpe.sweep.grid(k=[1.0, 2.0, 3.0]), rng=0, file=path)


def double(k, rng):
    return {"double": 2 * k}


STORES = {
    "a text": lambda path: path.write_text("k,double\n1,2\n"),
    "a picture": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 5000),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "cut to a page": lambda path: path.write_bytes(path.read_bytes()[:4096]),
    "rubbish in a page": lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xaa" * 8192),
    "a table gone": lambda path: _sql(path, "DROP TABLE cells"),
    "a table more": lambda path: _sql(path, "CREATE TABLE photos (x)"),
    "a column gone": lambda path: _sql(path, "ALTER TABLE cells DROP COLUMN error"),
    "no identity": lambda path: _sql(path, "DELETE FROM sweep WHERE name = 'design'"),
    "no seed": lambda path: _sql(path, "DELETE FROM sweep WHERE name = 'seed'"),
    "a seed that is none": lambda path: _sql(path, "UPDATE sweep SET value = 'x' WHERE name = 'seed'"),
    "another seed": lambda path: _sql(path, "UPDATE sweep SET value = '5' WHERE name = 'seed'"),
    "a cell of no JSON": lambda path: _sql(path, "UPDATE cells SET columns = '{\"double\": [2' WHERE number = 1"),
    "a cell of a list": lambda path: _sql(path, "UPDATE cells SET columns = '[1]' WHERE number = 1"),
    "a cell of a number": lambda path: _sql(path, "UPDATE cells SET columns = '{\"double\": 2}' WHERE number = 1"),
    "a cell of two rows": lambda path: _sql(path, "UPDATE cells SET columns = '{\"double\": [2, 4]}' WHERE number = 1"),
    "a cell of no rows": lambda path: _sql(path, "UPDATE cells SET columns = '{\"double\": []}' WHERE number = 1"),
    "a cell of objects": lambda path: _sql(path, "UPDATE cells SET columns = '{\"double\": [{}]}' WHERE number = 1"),
    "a cell of bytes": lambda path: _sql(path, "UPDATE cells SET columns = x'ff00' WHERE number = 1"),
    "a cell of another number": lambda path: _sql(path, "UPDATE cells SET number = 77 WHERE number = 1"),
    "an error of bytes": lambda path: _sql(path, "UPDATE cells SET error = x'ff' WHERE number = 1"),
}


def _sql(path, command):
    with closing(sqlite3.connect(path)) as link, link:
        link.execute(command)


@pytest.mark.parametrize("damage", STORES)
def test_a_damaged_store_is_refused_by_file(damage, tmp_path):
    path = tmp_path / "cells.db"
    sweep(path)
    STORES[damage](path)
    refused(sweep, path)
    assert [each.name for each in tmp_path.iterdir()] == ["cells.db"]


LINES = {
    "empty": lambda text: "",
    "no first line": lambda text: text.split("\n", 1)[1],
    "another first line": lambda text: text.replace("1", "2", 1),
    "a line of no JSON": lambda text: text.replace('["A01"', '["A01', 1),
    "a line cut in the middle": lambda text: text.replace('"cue": 1.0', '"cue"', 1),
    "a line of an object": lambda text: text + '{"A01": 1}\n',
    "a line too short": lambda text: text + '["A01", 3]\n',
    "a line of text for a seed": lambda text: text + '["A01", "x", []]\n',
    "a line of other cells": lambda text: text + '["A01", 3, [["TD"]]]\n',
    "numbers as text": lambda text: text + '["A01", 3, [["TD", "default", {"cue": "1"}]]]\n',
    "a blank line": lambda text: text + "\n\n",
    "NUL bytes": lambda text: text + "\0" * 40 + "\n",
}


@pytest.mark.parametrize("damage", LINES)
def test_damaged_cells_of_a_scorecard_are_refused_by_file_and_line(damage, tmp_path):
    path = tmp_path / "cells.jsonl"
    CellFile(path, {"seed": 1}).add(("A01", 7), {("TD(0)", "default"): {"cue": 1.0}})
    path.write_text(LINES[damage](path.read_text()))
    refused(lambda path: CellFile(path, {"seed": 1}), path, "" if "first" in damage or damage == "empty" else "line ")
    path.write_bytes(b"\xff\xfe" + path.read_bytes())
    refused(lambda path: CellFile(path, {"seed": 1}), path)
