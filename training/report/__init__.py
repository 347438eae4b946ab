"""The report: every results JSON of `training/results/` as tables and plots (`python -m training.report`)."""
