"""Tests of fixtures."""
