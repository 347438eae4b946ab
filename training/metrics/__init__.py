"""Measurements: execution match, intervals."""
