"""Set-up: every step is idempotent and keyed by what it was built from."""
