"""The report as plain text, to be copied into a mail or a document."""

from collections.abc import Iterator, Mapping

from protocols.run import PersonId

from bot.cards.reports import Report, ReportStep
from bot.cards.words import Translator

SOMEBODY = "Somebody"
WEB = ("https://", "http://")


def minutes(t: Translator, report: Report, names: Mapping[PersonId, str]) -> str:
    """What was done, who was heard, what was handed in under a name or without, what comes next."""
    return "\n".join(_lines(t, report, names)).rstrip() + "\n"


def _lines(t: Translator, report: Report, names: Mapping[PersonId, str]) -> Iterator[str]:
    def name(person: PersonId) -> str:
        return names.get(person, t(SOMEBODY))

    yield report.title
    yield f"{report.team}, {report.started_at:%Y-%m-%d}"
    yield t("Facilitated by {name}").format(name=name(report.facilitator))
    if report.one_room:
        yield t("We sat in one room: this is the written part only.")
    for step in report.steps:
        yield ""
        yield f"{step.position + 1}. {step.title}"
        yield from _step(t, report, step, names)
    if report.commitments:
        yield ""
        yield t("What we said we would do")
        for one in report.commitments:
            day = f" ({one.due.isoformat()})" if one.due else ""
            yield f"- {name(one.person)}: {_one_line(one.what)}{day}"
    if report.artifacts:
        yield ""
        yield t("Artifacts")
        for it in report.artifacts:
            what = it.url if it.url.startswith(WEB) else _one_line(it.text)
            yield f"- {it.title}: {what}" if what else f"- {it.title}"


def _step(
    t: Translator, report: Report, step: ReportStep, names: Mapping[PersonId, str]
) -> Iterator[str]:
    if step.how:
        yield f"   {step.how}"
    if step.heard:
        heard = ", ".join(names.get(person, t(SOMEBODY)) for person in step.heard)
        if not report.is_for_facilitator:
            heard = t("{heard} of {of}").format(heard=len(step.heard), of=len(step.expected))
        yield "   " + t("Heard: {heard}").format(heard=heard)
    for answer in step.answers:
        who = t("Unnamed") if answer.person is None else names.get(answer.person, t(SOMEBODY))
        said = "; ".join(f"{label}: {_one_line(text)}" for label, text in answer.fields)
        yield f"   - {who}: {said}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
