"""Pure: every sentence and card of the bot."""
