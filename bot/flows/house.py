"""What every flow is handed: the database, the clock, ids, keys, words. Made in `wiring.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.cards.words import Translator
from protocols.library import Library
from protocols.school_days import Calendar
from storage.database import Database
from storage.sealing import Vault


@dataclass(frozen=True, slots=True)
class House:
    """`now` gives aware UTC times, `new_id` 16 characters of chance."""

    database: Database
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    vault: Vault
    calendar: Calendar
    t: Translator
    library: Library
