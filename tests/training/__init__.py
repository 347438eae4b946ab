"""Tests of training; they need the extra `train` and a few seconds of one CPU core."""
