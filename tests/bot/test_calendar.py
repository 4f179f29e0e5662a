"""The school's calendar as a file: what it may say, and the sentence where it says something else."""

from datetime import date, time
from pathlib import Path

import pytest

from bot.calendar import NoCalendar, read_calendar
from protocols.school_days import Calendar

WHOLE = """\
zone = "America/Chicago"
weekdays = ["monday", "tuesday", "wednesday", "thursday", "saturday"]
opens = 07:30:00
closes = 16:00:00
closures = [2026-11-11]

[[recesses]]
first = 2026-11-26
last = 2026-11-27

[[half_days]]
day = 2026-11-25
dismissal = 11:40:00
"""


def test_without_a_file_a_school_is_open_on_weekdays(tmp_path: Path) -> None:
    assert read_calendar(tmp_path, "Asia/Tokyo", 2) == Calendar("Asia/Tokyo", rate=2)


def test_an_empty_file_says_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text("")
    assert read_calendar(tmp_path, "Asia/Tokyo", 1) == Calendar("Asia/Tokyo")


def test_the_example_in_the_docs_is_read(tmp_path: Path) -> None:
    docs = (Path(__file__).parents[2] / "docs/settings.md").read_text()
    example = docs.partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "calendar.toml").write_text(example)
    calendar = read_calendar(tmp_path, "Asia/Tokyo", 1)
    assert calendar.zone == "America/New_York"
    assert len(calendar.closures) == 3


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text(WHOLE)
    assert read_calendar(tmp_path, "Asia/Tokyo", 1) == Calendar(
        zone="America/Chicago",
        weekdays=frozenset({0, 1, 2, 3, 5}),
        opens=time(7, 30),
        closes=time(16),
        closures=frozenset({date(2026, 11, 11), date(2026, 11, 26), date(2026, 11, 27)}),
        half_days=((date(2026, 11, 25), time(11, 40)),),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('zone = "Nowhere/Town"', "zone: is no time zone; write one such as"),
        ("closures = [2026-13-01]", "Unclosed array"),
        ('closures = ["tomorrow"]', "closures.0: Input should be a valid date"),
        ('weekdays = ["caturday"]', "weekdays.0: Input should be 'monday'"),
        ("weekdays = []", "weekdays: List should have at least 1 item"),
        ("closure = [2026-11-26]", "closure: Extra inputs are not permitted"),
        ("opens = 17:00:00", "calendar: the school opens before it closes"),
        (
            "recesses = [{first = 2026-12-31, last = 2026-12-24}]",
            "recesses.0: the last day comes after the first",
        ),
        ("half_days = [{day = 2026-11-25}]", "half_days.0.dismissal: Field required"),
        ("=", "Invalid"),
    ],
)
def test_a_faulty_file_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "calendar.toml").write_text(text)
    with pytest.raises(NoCalendar) as fault:
        read_calendar(tmp_path, "Asia/Tokyo", 1)
    said = str(fault.value)
    assert said.startswith(f"{tmp_path / 'calendar.toml'}: ")
    assert sentence in said
    assert said.endswith("start again.")
    assert "\n" not in said


@pytest.mark.parametrize("raw", [b"\xff\xfe", None])
def test_what_is_no_text_is_one_sentence_too(tmp_path: Path, raw: bytes | None) -> None:
    path = tmp_path / "calendar.toml"
    if raw is None:
        path.mkdir()
    else:
        path.write_bytes(raw)
    with pytest.raises(NoCalendar, match=r"Mend the file and start again\.$"):
        read_calendar(tmp_path, "Asia/Tokyo", 1)
