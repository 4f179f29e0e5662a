"""Do the words of a protocol file agree with each other? One function a rule.

The values may still be faulty one by one: a rule looks only at what it understands, so that all
faults of a file are reported at once.
"""

import re
from collections.abc import Iterator, Sequence

from protocols.model import FACILITATOR, PRESENTER, FieldKind, Floor, Reveal
from protocols.words import MOST_WORDS, WORD, Path, near, shown

Found = Iterator[tuple[Path, str]]
Values = dict[str, object]

INPUTS = 20  # in one dialog, the smaller of the platforms' limits
MORE = {FieldKind.COMMITMENT: 2, FieldKind.MEASURE: 7}  # inputs of a field besides its first one
BRACES = re.compile(r"\{[^{}]*\}?|\}")


def disagreements(root: Values) -> Found:
    """Yield where the values of a file contradict each other, with a sentence each."""
    yield from _group(root)
    yield from _roles(root)
    roles = _texts(root.get("roles"))
    steps = [_values(step) for step in _list(root.get("steps"))]
    for index, step in enumerate(steps):
        path = ("steps", index)
        for rule in (_minutes, _floor, _length):
            yield from rule(step, path)
        if roles:  # else their absence is the fault, not each name of them
            yield from _holders(step, path, roles)
            yield from _placeholders(step, path, roles)
        yield from _form(steps, index)
    if steps and steps[-1].get("floor") == Floor.ALONE:
        at = ("steps", len(steps) - 1, "floor")
        yield at, "the last step is the debrief, where people talk; give it another floor."


def _group(root: Values) -> Found:
    sizes = re.fullmatch(r"([1-9][0-9]?)-([1-9][0-9]?)", _text(root.get("group")))
    if sizes and int(sizes[1]) >= int(sizes[2]):
        yield ("group",), '"group" begins with the smaller number, like 4-8.'


def _roles(root: Values) -> Found:
    roles = _texts(root.get("roles"))
    if roles and FACILITATOR not in roles:
        yield ("roles",), f'"roles" needs "{FACILITATOR}"; add it to the list.'
    for index, role in enumerate(roles):
        if role in roles[:index]:
            yield ("roles", index), f"{shown(role)} is in the list twice; keep one of them."


def _minutes(step: Values, path: Path) -> Found:
    minutes = _values(step.get("minutes"))
    for word in ("full", "short"):
        if type(minutes.get(word)) is int and minutes[word] == 0 and step.get("before") is not True:
            at = (*path, "minutes", word)
            yield at, f'"{word}" may be 0 only with "before: true"; give it at least 1 minute.'


def _floor(step: Values, path: Path) -> Found:
    floor = step.get("floor")
    if floor not in list(Floor):
        return
    if "reveal" in step and floor != Floor.ALONE:
        yield (*path, "reveal", WORD), '"reveal" goes only with "floor: alone"; delete it here.'
    if "circle" in step and floor not in (Floor.INNER, Floor.OUTER):
        yield (
            (*path, "circle", WORD),
            '"circle" goes only with the floors inner and outer; delete it here.',
        )


def _length(step: Values, path: Path) -> Found:
    count = len(_text(step.get("say")).split())
    if count > MOST_WORDS:
        yield (*path, "say"), f'"say" takes at most {MOST_WORDS} words; this has {count}.'


def _holders(step: Values, path: Path, roles: Sequence[str]) -> Found:
    for word in ("held_by", "with", "silent"):
        for role in _texts(step.get(word)):
            if role not in roles:
                yield (*path, word), f'"{word}" names {shown(role)}{_no_role(role, roles)}'
    needs_presenter = step.get("floor") == Floor.PRESENTER and "held_by" not in step
    if needs_presenter and PRESENTER not in roles:
        sentence = (
            'nobody is "presenter" here; add it to "roles", or say with "held_by" who speaks.'
        )
        yield (*path, "floor"), sentence


def _placeholders(step: Values, path: Path, roles: Sequence[str]) -> Found:
    for found in dict.fromkeys(BRACES.findall(_text(step.get("say")))):
        if found[1:-1] not in roles:
            yield (*path, "say"), f'"say" names {shown(found)}{_no_role(found, roles)}'
    for found in BRACES.findall(_text(step.get("title"))):
        yield (*path, "title"), f'only "say" can name {shown(found)}; write it out here.'


def _no_role(role: str, roles: Sequence[str]) -> str:
    return f", which is none of the roles{near(role, roles) or '; add it to them, or delete it.'}"


def _form(steps: Sequence[Values], index: int) -> Found:
    labels: list[str] = []
    for number, field in enumerate(map(_values, _list(steps[index].get("collect")))):
        path: Path = ("steps", index, "collect", number)
        yield from _options(field, path)
        yield from _comparison(field, path, steps[:index])
        label = _text(field.get("label"))
        if label and label in labels:
            yield (*path, "label"), f"{shown(label)} is in this form twice; change one of them."
        labels.append(label)
    yield from _inputs(steps[index], ("steps", index, "collect", WORD))


def _inputs(step: Values, path: Path) -> Found:
    """A dialog holds so many inputs: some fields have several, and what is sealed a tick besides."""
    kinds = [field.get("kind") for field in map(_values, _list(step.get("collect")))]
    is_alone = step.get("floor") == Floor.ALONE
    if FieldKind.COMMITMENT in kinds and is_alone:
        yield path, "a commitment is made in the open; ask for it in a step that is not alone."
    count = len(kinds) + sum(more * kinds.count(kind) for kind, more in MORE.items()) + is_alone
    if count > INPUTS >= len(kinds):
        yield path, f"this form has {count} inputs, at most {INPUTS}; ask for less."


def _options(field: Values, path: Path) -> Found:
    is_choice = field.get("kind") == FieldKind.CHOICE
    if is_choice and "options" not in field:
        yield path, 'a choice needs "options"; list what people may choose.'
    if "options" in field and not is_choice:
        yield (*path, "options", WORD), '"options" goes only with "kind: choice"; delete it here.'


def _comparison(field: Values, path: Path, earlier: Sequence[Values]) -> Found:
    is_comparison, of = field.get("kind") == FieldKind.COMPARISON, field.get("of")
    if is_comparison and of is None:
        yield path, 'a comparison needs "of"; give the number of the step to compare with.'
    elif "of" in field and not is_comparison:
        yield (*path, "of", WORD), '"of" goes only with "kind: comparison"; delete it here.'
    elif type(of) is int and of > 0 and not any(map(_opens_at_close, earlier[of - 1 : of])):
        sentence = f'step {of} is no earlier step with "floor: alone" whose answers open at its close; name one that is.'
        yield (*path, "of"), sentence


def _opens_at_close(step: Values) -> bool:
    """Only such answers can be laid beside new ones: the others stay hidden, or lose their name."""
    return step.get("floor") == Floor.ALONE and step.get("reveal") in (None, Reveal.AT_CLOSE)


def _values(value: object) -> Values:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    """The texts of a list, or the only one; what else stands there has its own fault."""
    return [_text(text) for text in (value if isinstance(value, list) else [value]) if _text(text)]
