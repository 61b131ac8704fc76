"""Checks of this project's own rules, on the syntax tree and with no import of it."""
