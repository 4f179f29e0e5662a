"""Rows: functions over a session; the caller commits."""
