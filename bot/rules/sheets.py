"""Tables as CSV that no spreadsheet executes."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 # wide forms count, too


def sheet(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows of the same columns as CSV. A text that a spreadsheet would run begins with a quote."""
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows[0])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) else text
