"""Corpora: reading, augmenting, encoding into tensors, batching."""
