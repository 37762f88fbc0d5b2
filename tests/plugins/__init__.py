"""Tests of the plugins: pure parts directly, the rest by running pytest in a house of its own."""
