"""The standard rules in their short form."""
