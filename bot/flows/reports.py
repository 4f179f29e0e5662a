"""The report of a run, read from the rows."""

from bot.cards.reports import Report


class NotYourRun(Exception):
    """Only who was in a run reads its report; or there is no such run."""


class Reports:
    """Reads reports."""

    async def report(self, user: str, run_id: str) -> Report:
        """The report of a run for somebody who was in it. Raises NotYourRun."""
        raise NotImplementedError
