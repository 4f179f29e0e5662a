"""Charts as Vega-Lite specifications: plain values. What people wrote is data in them, never code."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from protocols.run import PersonId

from bot.cards.reports import Report
from bot.cards.words import Translator
from bot.rules.measures import Measure

TEAL = "#2f8579"  # three to one at least, on white paper and on the dark page
INK = "currentColor"  # the page's own ink
WIDTH = 420
GAP = 0.09  # of the height: two labels of a line each stand apart

_CONFIG = {
    "mark": {"aria": False},  # the page says it: its own description and the table
    "background": None,
    "font": "Noto Sans, Liberation Sans, Helvetica, Arial, Noto Sans CJK SC, WenQuanYi Zen Hei, sans-serif",
    "view": {"stroke": None},
    "axis": {
        **dict.fromkeys(("labelColor", "titleColor", "tickColor", "domainColor"), INK),
        "gridColor": "#8a8f86",
        "gridOpacity": 0.3,
        "labelFontSize": 13,
        "labelLimit": 200,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    },
    "text": {"fill": INK, "fontSize": 13},
}


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification, its title, what it shows in a sentence, and its numbers."""

    title: str
    says: str
    spec: Mapping[str, Any]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a slope: which group, before, after."""

    label: str
    before: float
    after: float


def charts(t: Translator, report: Report, names: Mapping[PersonId, str]) -> tuple[Chart, ...]:
    """The charts of a report. Who facilitated sees names; others see the shape, and themselves."""

    def label(person: PersonId) -> str:
        if report.is_for_facilitator:
            return names.get(person, t("Somebody"))
        return t("You") if person == report.reader else t("A colleague")

    shares = [(label(person), share) for person, share in report.talk]
    spoken = (talk(t, shares),) if shares and report.ended else ()
    return (*spoken, *_slopes(t, report))


def _slopes(t: Translator, report: Report) -> Iterator[Chart]:
    """A slope for each thing that was measured before and after, in groups that hide each student.

    The last measure of a group counts. Groups of unknown size may be small, so they are left out.
    """
    found: dict[str, dict[str, Measure]] = {}
    for one in (measured.measure for measured in report.measures):
        if one.before is not None and one.after is not None and one.n and not one.is_small:
            found.setdefault(one.what, {})[one.group] = one
    for what, groups in found.items():
        lines = [
            Line(f"{group} ({one.n})".strip(), one.before or 0.0, one.after or 0.0)
            for group, one in groups.items()
        ]
        targets = {one.target for one in groups.values()}
        yield slope(t, what, lines, targets.pop() if len(targets) == 1 else None)


def percent(share: float) -> str:
    """A share as people read it: "45 %"."""
    return f"{round(share * 100)} %"


def talk(t: Translator, shares: Sequence[tuple[str, float]]) -> Chart:
    """How what was said is spread. `shares`: (label, share from 0 to 1), at least one."""
    ordered = sorted(shares, key=lambda one: -one[1])
    even = 1 / len(ordered)
    values: list[dict[str, Any]] = [
        {"at": at, "who": who, "share": share, "says": percent(share)}
        for at, (who, share) in enumerate(ordered)
    ]
    row = {"field": "at", "type": "ordinal", "axis": None}
    share = {
        "field": "share",
        "type": "quantitative",
        "title": t("Share of what was said; the line is the even share"),
        "axis": {"format": ".0%", "tickCount": 5},
        "scale": {"domain": [0, 1]},
    }
    drawn: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "color": TEAL, "cornerRadiusEnd": 3, "height": 18},
            "encoding": {"y": row, "x": share},
        },
        {
            "mark": {"type": "rule", "strokeDash": [5, 4], "color": INK, "size": 1.5},
            "encoding": {"x": {"datum": even}},
        },
        *(
            {
                "mark": {"type": "text", "align": align, "dx": shift, "limit": 200},
                "encoding": {"y": row, "x": {"value": place}, "text": {"field": what}},
            }
            for what, align, shift, place in (("who", "right", -8, 0), ("says", "left", 8, WIDTH))
        ),
    ]
    says = t("Top share {top}, even would be {even}.")
    return Chart(
        title=t("Who spoke how much"),
        says=says.format(top=percent(ordered[0][1]), even=percent(even)),
        spec=_spec(values) | {"height": {"step": 30}, "layer": drawn},
        head=(t("Who"), t("Share of what was said")),
        rows=tuple((who, percent(share)) for who, share in ordered),
    )


def slope(t: Translator, what: str, lines: Sequence[Line], target: float | None) -> Chart:
    """From before to after, a line a group. `what` was measured; at least one line."""
    ends = [value for line in lines for value in (line.before, line.after)]
    ends += [] if target is None else [target]
    low, high = min(ends), max(ends)
    room = (high - low or abs(high) or 1.0) * 0.15
    scale = {"domain": [low - room, high + room]}
    height = {"field": "value", "type": "quantitative", "axis": None, "scale": scale}
    when = {"field": "when", "type": "ordinal", "sort": None, "title": None}
    axis = {"labelAngle": 0, "domain": False, "ticks": False, "grid": True, "orient": "top"}
    drawn: list[dict[str, Any]] = [
        {
            "mark": {
                "type": "line",
                "color": TEAL,
                "strokeWidth": 2.5,
                "point": {"color": TEAL, "size": 70},
            },
            "encoding": {"y": height, "detail": {"field": "line", "type": "nominal"}},
        },
        *(
            {
                "transform": [{"filter": {"field": "side", "equal": side}}],
                "mark": {"type": "text", "align": align, "dx": shift},
                "encoding": {"y": height | {"field": "label_at"}, "text": {"field": "says"}},
            }
            for side, align, shift in (("left", "right", -12), ("right", "left", 12))
        ),
    ]
    if target is not None:
        drawn.insert(0, _target(target, scale))
    values = _ends(t, lines, (high - low + 2 * room) * GAP)
    spec = _spec(values) | {
        "height": 220,
        "encoding": {"x": when | {"axis": axis, "scale": {"padding": 1}}},
        "layer": drawn,
    }
    return Chart(
        title=what,
        says=" ".join(_sentences(t, lines, target)),
        spec=spec,
        head=(t("Group"), t("Before"), t("After")),
        rows=tuple((line.label, f"{line.before:g}", f"{line.after:g}") for line in lines),
    )


def _spec(values: list[dict[str, Any]]) -> dict[str, Any]:
    return {"data": {"values": values}, "config": _CONFIG, "width": WIDTH}


def _target(target: float, scale: Mapping[str, Any]) -> dict[str, Any]:
    rule = {"type": "rule", "strokeDash": [5, 4], "color": INK, "size": 1.5}
    axis = {"datum": target, "type": "quantitative", "axis": None, "scale": scale}
    return {"mark": rule, "encoding": {"y": axis, "x": {"value": 0}, "x2": {"value": WIDTH}}}


def _ends(t: Translator, lines: Sequence[Line], gap: float) -> list[dict[str, Any]]:
    """Both ends of each line, with its label moved up where it would lie on another one."""
    ends: list[dict[str, Any]] = []
    for side, when in (("left", t("Before")), ("right", t("After"))):
        last = None
        found = [(line.before if side == "left" else line.after, line) for line in lines]
        for index, (value, line) in enumerate(sorted(found, key=lambda one: one[0])):
            last = value if last is None else max(value, last + gap)
            says = f"{line.label}: {value:g}" if side == "left" and line.label else f"{value:g}"
            place = {"side": side, "when": when, "line": lines.index(line)}
            ends.append(place | {"value": value, "label_at": last, "says": says, "at": index})
    return ends


def _sentences(t: Translator, lines: Sequence[Line], target: float | None) -> list[str]:
    named = t("{group}: from {before} to {after}.")
    plain = t("From {before} to {after}.")
    said = [
        (named if line.label else plain).format(
            group=line.label, before=f"{line.before:g}", after=f"{line.after:g}"
        )
        for line in lines
    ]
    return (
        said
        if target is None
        else [*said, t("The target was {target}.").format(target=f"{target:g}")]
    )
