"""Curves of a model: what denoising steps, the place in the run and the target length do (`python -m training.curves`)."""
