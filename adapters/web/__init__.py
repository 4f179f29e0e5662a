"""The local channel and the pages."""
