"""The site: pages that are written from the code, and what they may load."""

import importlib
import inspect
import re
import sys
from pathlib import Path

import pytest

import rpe

DOCS = Path(__file__).parents[1] / "notebooks" / "docs"


@pytest.fixture(scope="module")
def parts():
    """The modules beside the site's configuration, which are no part of a package."""
    sys.path.insert(0, str(DOCS))
    yield {name: importlib.import_module(name) for name in ("result_pages", "site_parts")}
    sys.path.remove(str(DOCS))


def test_the_reference_has_every_module_once_with_a_table_of_tasks(parts):
    page = parts["site_parts"].reference()
    assert sorted(re.findall(r"^   rpe\.(\w+)$", page, re.MULTILINE)) == sorted(rpe.__all__)
    assert sorted(re.findall(r"- :mod:`rpe\.(\w+)`", page)) == sorted(rpe.__all__)
    links = re.findall(r"<rpe\.(\w+)\.(\w+)>`", page)
    assert len(links) > 200
    for module, name in links:
        assert callable(getattr(getattr(rpe, module), name))


def test_the_page_of_an_experiment_has_its_figure_sentences_and_settings(parts, tmp_path):
    page = "\n".join(parts["result_pages"].experiment("five_minutes", tmp_path))
    assert (tmp_path / "five_minutes.png").read_bytes()[1:4] == b"PNG"
    assert ".. image:: five_minutes.png" in page
    assert "An easier start changes the index" in page
    for setting in rpe.experiments.settings_table("five_minutes")["setting"]:
        assert f"- {setting.replace('_', chr(92) + '_')}\n" in page


@pytest.mark.parametrize(("finding", "panels"), [("B01", "prediction error"), ("H03", "bars")])
def test_the_page_of_a_finding_has_its_figure_and_who_reproduces_it(parts, tmp_path, finding, panels):
    page = "\n".join(parts["result_pages"].finding(finding, tmp_path))
    assert (tmp_path / f"{finding}.png").read_bytes()[1:4] == b"PNG"
    assert panels in re.search(r":alt: (.*)", page)[1]
    assert rpe.scorecard.load(finding).criterion in page
    assert re.search(r"^- passes \(\d+\): :doc:`", page, re.MULTILINE)
    assert ".. autofunction:: rpe.scorecard.findings." in page


def test_the_lists_name_every_page(parts, tmp_path):
    for kind in ("experiments", "findings"):
        (tmp_path / kind).mkdir()
    parts["result_pages"].index(tmp_path)
    for kind, names in (("experiments", rpe.experiments.names()), ("findings", rpe.scorecard.finding_ids())):
        listed = re.findall(r":doc:`(\w+)`", (tmp_path / kind / "index.rst").read_text(encoding="utf-8"))
        assert listed == list(names)


def test_how_to_cite_says_version_and_year(parts):
    page = parts["site_parts"].citation(DOCS.parents[1] / "CITATION.cff")
    assert f"version = {{{rpe.__version__}}}" in page
    assert re.search(r"year    = \{20\d\d\}", page)


@pytest.mark.parametrize(
    "piece",
    [
        '<img src="https://example.org/a.png">',
        '<script src="//example.org/a.js"></script>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<iframe src="http://example.org"></iframe>',
        '<p style="background: url(https://example.org/a.png)">',
        "<script>import('https://example.org/a.js')</script>",
    ],
)
def test_what_a_page_loads_from_elsewhere_is_found(parts, tmp_path, piece):
    (tmp_path / "fine.html").write_text(
        '<a href="https://example.org">x</a><img src="a.png"><link rel="canonical" href="https://x.org">'
    )
    assert parts["site_parts"].loaded_from_elsewhere(tmp_path) == []
    (tmp_path / "page.html").write_text(piece)
    (found,) = parts["site_parts"].loaded_from_elsewhere(tmp_path)
    assert found.startswith("page.html: ")


def test_what_a_style_sheet_loads_from_elsewhere_is_found(parts, tmp_path):
    (tmp_path / "a.css").write_text('@import "https://example.org/b.css"; p {background: url("fine.png")}')
    assert len(parts["site_parts"].loaded_from_elsewhere(tmp_path)) == 1


def tables_of(text):
    """Rows of the tables with two columns in a docstring, each with the width of its first column."""
    inside, width = 0, 0
    for line in text.splitlines():
        if rule := re.fullmatch(r"(=+)  =+", line):
            inside, width = (inside + 1) % 3, len(rule[1])
        elif inside:
            yield width, line


def in_columns(width, line):
    return line[width : width + 2].strip() == "" and line[width + 2 : width + 3] != " "


def test_tables_of_modules_keep_their_columns():
    """What the site cannot set as a table: text in the margin, or a second column that begins late."""
    modules = [rpe, *(getattr(rpe, name) for name in dir(rpe) if inspect.ismodule(getattr(rpe, name)))]
    rows = [(each.__name__, *row) for each in modules for row in tables_of(each.__doc__ or "")]
    assert len({name for name, *_ in rows}) > 10
    assert not [(name, line) for name, width, line in rows if not in_columns(width, line)]
    assert not in_columns(5, "too long  `call()`")
    assert not in_columns(5, "late    `call()`")
