"""What was not possible, in one sentence with a next step."""

from protocols import events

from bot.cards.model import Button, Buttons, Card, Form
from bot.cards.words import Translator, plain_text, text
from bot.rules.aims import read
from bot.rules.evidence import LooksOn, NotThisPost
from bot.rules.offers import OnlyMembersStart
from bot.rules.students import OnlyMembersName

FACILITATOR_ONLY = "The facilitator does this. Ask them, or ask them to hand the role over to you."

BY_BUTTON = "That opens a dialog, which only a button or a command in the channel can do."
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
    LooksOn: "You look on in this run. Its members attach what belongs to it; ask one of them.",
    NotThisPost: "Your own posts can be saved, as they stand. Choose Save as evidence once more.",
    events.NoSuchStep: "That step has not been opened. Use the newest card of the run.",
}


def refused(t: Translator, fault: events.NotAllowed) -> Card:
    """The private sentence for something that is not allowed."""
    return said(t, SENTENCES[type(fault)])


def said(t: Translator, sentence: str) -> Card:
    """A card of one sentence of ours."""
    paragraph = text(t, sentence)
    return Card((paragraph,), plain_text(paragraph))


def by_button(t: Translator, form: Form) -> Card:
    """A dialog was asked for by a line in a thread: a button that opens it, where one can."""
    aim, sentence = read(form.id), text(t, BY_BUTTON)
    if aim.act == "plan":  # its form is of a run that is not there yet
        return Card((sentence,), plain_text(sentence))
    button = Button(form.title, aim.act, aim.run, aim.position, aim.opening)
    return Card((sentence, Buttons((button,))), plain_text(sentence))
