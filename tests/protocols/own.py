"""A protocol file as a school writes its own."""

from pathlib import Path

OWN = """\
protocol: gallery-walk
title: Gallery walk
about: Look at what several classes made.
needs: [study data]
group: 3-10
roles: [facilitator, presenter]
steps:
  - title: Look
    floor: round
    minutes: {full: 10, short: 8}
    school_days: 1
    say: What do you see?
  - title: Debrief
    floor: round
    minutes: {full: 5, short: 4}
    school_days: 0.25
    say: What do we keep?
"""


def write_own(file: Path, **instead: str) -> Path:
    """Write it, with other words instead of some: `mintes="minutes"`."""
    text = OWN
    for new, old in instead.items():
        text = text.replace(old, new)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file
