"""Pure: what a protocol is, and how a run of it advances."""
