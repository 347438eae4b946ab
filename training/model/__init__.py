"""The CodeFusion model in parts: encoders, denoiser, decoder, schedule, sampler."""
