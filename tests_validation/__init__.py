"""The checks: each one reads like a line of the runbook."""
