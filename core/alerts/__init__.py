"""Alerts: rules that people set, what state each is in, and messages that reach them once."""
