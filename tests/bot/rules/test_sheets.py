"""CSV that no spreadsheet executes."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.sheets import sheet


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),  # noqa: RUF001 # a wide equals sign
        ("a, b\nc", "a, b\nc"),
        (-3, "-3"),
        (None, ""),
        (True, "True"),
        ([{"label": "What?"}], '[{"label": "What?"}]'),
        ([], "[]"),
    ],
)
def test_a_cell_is_never_a_formula(value: object, cell: str) -> None:
    assert list(csv.reader(io.StringIO(sheet([{"one": value}])))) == [["one"], [cell]] or (
        cell == "" and sheet([{"one": value}]) == 'one\r\n""\r\n'
    )


def test_no_rows_are_no_text() -> None:
    assert sheet([]) == ""


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_every_text_comes_back_but_for_the_quote_before_it(texts: list[str]) -> None:
    written = sheet([{"number": n, "text": text} for n, text in enumerate(texts)])
    rows = list(csv.reader(io.StringIO(written, newline="")))[1:]
    assert [row[1].removeprefix("'") for row in rows] == [t.removeprefix("'") for t in texts]
