"""The shell, one file a noun: load, decide, save with outbox, commit."""
