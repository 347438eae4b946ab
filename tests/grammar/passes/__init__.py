"""Tests of `grammar.passes`."""
