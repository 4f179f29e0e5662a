"""What was not possible, in one sentence with a next step."""

from protocols import events

from bot.cards.model import Card
from bot.cards.words import Translator, plain_text, text
from bot.rules.offers import OnlyMembersStart
from bot.rules.students import OnlyMembersName

FACILITATOR_ONLY = "The facilitator does this. Ask them, or ask them to hand the role over to you."

BY_BUTTON = "That opens a dialog. Press the button for it on the card of the run, behind More."
NOT_OURS = "That button is not ours. Use the newest card of the run."

SENTENCES: dict[type[Exception], str] = {
    events.NotYours: FACILITATOR_ONLY,
    events.NotInRun: "Only who is in the run can do this. Press Join on its card first.",
    events.AlreadyStarted: "This run has begun already. Its card stands in the channel.",
    events.NotStarted: "This run has not begun yet. Its facilitator begins it.",
    events.RunIsOver: "This run is over. What you did is not needed any more; its report is there.",
    events.NotPaused: "The clock is running. There is nothing to resume.",
    events.AlreadyPaused: "The clock is paused already. Press Resume to go on.",
    events.NotThisClock: "School days are not paused. Give this step half a day more instead.",
    events.DebriefStays: "The debrief is never left out. Take two minutes for it, then finish.",
    events.NothingToReopen: "This is the first step. There is none before it to open again.",
    events.NotThisFloor: "Nobody waits for you in this step. Your turn comes with a later one.",
    events.NoSuchRole: "This protocol has no such role. Choose one of those in the form.",
    OnlyMembersStart: "Members of this team start its protocols. Ask one of them to begin.",
    OnlyMembersName: "Members of this team say which names are stopped. Ask one of them to do it.",
    events.NoSuchStep: "That step has not been opened. Use the newest card of the run.",
}


def refused(t: Translator, fault: events.NotAllowed) -> Card:
    """The private sentence for something that is not allowed."""
    return said(t, SENTENCES[type(fault)])


def said(t: Translator, sentence: str) -> Card:
    """A card of one sentence of ours."""
    paragraph = text(t, sentence)
    return Card((paragraph,), plain_text(paragraph))
