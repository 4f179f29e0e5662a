from collections import Counter
from datetime import date

import pytest

from bot.rules import door
from bot.rules.door import Kind, Known
from bot.rules.students import NOBODY, Students, digests_of
from tests.bot.rules import corpus

KEY = b"a key of this test"
TODAY = date(2026, 11, 24)
SEEDS = (1, 2, 3)


def is_found(case: corpus.Case, known: Known) -> bool:
    """Return whether a finding overlaps what was planted; a name counts as found by either way."""
    start = case.text.find(case.secret)
    end = start + len(case.secret or case.text)
    names = (Kind.STUDENT, Kind.NAME)
    for one in door.find(case.text, known):
        is_kind = one.kind in names if case.kind in names else one.kind is case.kind
        if is_kind and one.start < end and one.end > start:
            return True
    return False


def recall(found: Counter[Kind], planted: Counter[Kind]) -> dict[str, float]:
    return {str(kind): round(found[kind] / planted[kind], 3) for kind in sorted(planted)}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_lets_a_student_be_recognized_is_found(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = Students(KEY, digests_of(KEY, corpus.students(seed)))
    found: Counter[Kind] = Counter()
    planted: Counter[Kind] = Counter()
    missed = []
    for case in corpus.cases(seed):
        is_listed = case.kind is Kind.STUDENT
        known = Known(listed if is_listed else NOBODY, (), TODAY)
        planted[case.kind] += 1
        if is_found(case, known):
            found[case.kind] += 1
        else:
            missed.append(case.text)
    figures = recall(found, planted)
    with capsys.disabled():
        print(f"\nseed {seed}: recall {found.total() / planted.total():.3f} {figures}")  # noqa: T201
    assert {kind: share for kind, share in figures.items() if share < 0.95} == {}, missed
    assert figures["student"] >= 0.97, missed


def test_few_clean_sentences_raise_an_alarm(capsys: pytest.CaptureFixture[str]) -> None:
    listed = Students(KEY, digests_of(KEY, corpus.students(1)))
    known = Known(listed, ("Wendy Okafor",), TODAY)
    alarms = [text for text in corpus.CLEAN if door.find(text, known)]
    with capsys.disabled():
        print(f"\nfalse alarms: {len(alarms)} of {len(corpus.CLEAN)} clean sentences")  # noqa: T201
    assert len(alarms) <= 4, alarms
