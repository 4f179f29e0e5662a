"""Charts as values: what they say, in which order, and to whom."""

from dataclasses import replace

from bot.cards.charts import Line, charts, slope, talk
from bot.cards.words import english
from bot.rules.measures import Measure, Measured
from protocols.run import PersonId
from tests.adapters.web.examples import ALVAREZ, CHEN, OKAFOR, ORTIZ, REPORT

TALKED = replace(REPORT, measures=())
NAMES = {ALVAREZ: "Ms. Alvarez", CHEN: "Mr. Chen", ORTIZ: "Sra. Ortiz"}


def rows(reader: PersonId | None) -> list[tuple[str, ...]]:
    (chart,) = charts(english, replace(TALKED, reader=reader), NAMES)
    return list(chart.rows)


def test_talk_is_sorted_beside_the_even_share() -> None:
    chart = talk(english, [("A", 0.1), ("B", 0.45), ("C", 0.45), ("D", 0)])
    assert chart.rows == (("B", "45 %"), ("C", "45 %"), ("A", "10 %"), ("D", "0 %"))
    assert chart.says == "Top share 45 %, even would be 25 %."
    assert [one["who"] for one in chart.spec["data"]["values"]] == ["B", "C", "A", "D"]


def test_who_facilitated_sees_names() -> None:
    assert rows(ALVAREZ) == [("Mr. Chen", "55 %"), ("Sra. Ortiz", "45 %"), ("Ms. Alvarez", "0 %")]


def test_others_see_the_shape_and_themselves() -> None:
    assert rows(CHEN) == [("You", "55 %"), ("A colleague", "45 %"), ("A colleague", "0 %")]
    assert {who for who, _ in rows(OKAFOR)} == {"A colleague"}
    assert {who for who, _ in rows(None)} == {"A colleague"}


def test_there_is_no_chart_while_a_run_goes_on_or_where_nothing_was_said() -> None:
    assert charts(english, replace(TALKED, ended=False), NAMES) == ()
    assert charts(english, replace(TALKED, talk=()), NAMES) == ()


def test_a_slope_says_each_line_and_the_target() -> None:
    chart = slope(english, "Claims", [Line("7B", 8, 16), Line("7C", 9.5, 9)], 14)
    assert chart.says == "7B: from 8 to 16. 7C: from 9.5 to 9. The target was 14."
    assert chart.rows == (("7B", "8", "16"), ("7C", "9.5", "9"))


def test_a_slope_without_groups_and_target_says_its_one_line() -> None:
    assert slope(english, "Claims", [Line("", 8, 16)], None).says == "From 8 to 16."


def test_labels_that_would_lie_on_each_other_stand_apart() -> None:
    chart = slope(english, "Claims", [Line("7B", 8, 16), Line("7C", 8, 16.1)], None)
    values = chart.spec["data"]["values"]
    for side in ("left", "right"):
        low, high = (one["label_at"] for one in values if one["side"] == side)
        assert high - low >= 0.09 * (16.1 - 8)


def test_a_slope_that_does_not_move_has_a_height() -> None:
    for value in (0.0, 5.0):
        scale = slope(english, "Claims", [Line("", value, value)], None).spec["layer"][0]
        low, high = scale["encoding"]["y"]["scale"]["domain"]
        assert low < value < high


def measured(*measures: Measure) -> tuple[Measured, ...]:
    return tuple(Measured(2, CHEN, measure) for measure in measures)


def slopes(*measures: Measure) -> list[tuple[str, str]]:
    report = replace(REPORT, talk=(), measures=measured(*measures))
    return [(chart.title, chart.says) for chart in charts(english, report, NAMES)]


def test_what_was_measured_before_and_after_is_a_slope_a_thing_and_a_line_a_group() -> None:
    found = slopes(
        Measure("Claims", "7B", 24, 8, 14, 9),
        Measure("Claims", "7C", 22, 9, 14, 12),
        Measure("Claims", "7B", 24, 8, 14, 16),  # corrected
        Measure("Pages read", "", 24, 0, None, 12.5),
    )
    assert found == [
        ("Claims", "7B (24): from 8 to 16. 7C (22): from 9 to 12. The target was 14."),
        ("Pages read", "(24): from 0 to 12.5."),
    ]


def test_groups_with_targets_of_their_own_have_no_common_line() -> None:
    found = slopes(Measure("Claims", "7B", 24, 8, 14, 9), Measure("Claims", "7C", 22, 9, 15, 12))
    assert "target" not in found[0][1]


def test_what_is_not_over_or_could_show_a_student_is_no_slope() -> None:
    assert (
        slopes(
            Measure("Claims", "7B", 24, 8, 14, None),
            Measure("Claims", "7B", 24, None, 14, 9),
            Measure("Claims", "7B", 4, 8, 14, 9),  # four students
            Measure("Claims", "7B", None, 8, 14, 9),
        )
        == []
    )
