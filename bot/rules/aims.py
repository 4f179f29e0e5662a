"""A button's id, read again: what was pressed, and what it aims at."""

import re
from dataclasses import dataclass

_ID = re.compile(r"([a-z]+):(\w*):([0-9]{1,4}):([0-9]{1,4})(?::(.+))?")


class NoSuchButton(Exception):
    """Not an id that we ever made."""


@dataclass(frozen=True, slots=True)
class Aim:
    """`act:RUN:POSITION:OPENING`, with `:EXTRA` where there is one."""

    act: str
    run: str
    position: int
    opening: int
    extra: str = ""

    @property
    def id(self) -> str:
        """The id again."""
        aim = f"{self.act}:{self.run}:{self.position}:{self.opening}"
        return f"{aim}:{self.extra}" if self.extra else aim


def read(button: str) -> Aim:
    """The aim of a button or form id. Raises NoSuchButton."""
    found = _ID.fullmatch(button)
    if found is None:
        raise NoSuchButton
    act, run, position, opening, extra = found.groups(default="")
    return Aim(act, run, int(position), int(opening), extra)


def is_id(text: str) -> bool:
    """Whether a text has the form of our ids: 16 characters of lower-case base32."""
    return re.fullmatch(r"[a-z2-7]{16}", text) is not None


def is_ours(button: str) -> bool:
    """Whether a text has the form of a button's or form's id."""
    return _ID.fullmatch(button) is not None
