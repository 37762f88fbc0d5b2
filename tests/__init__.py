"""Tests of the product itself; the checks of a real environment live in tests_validation."""
