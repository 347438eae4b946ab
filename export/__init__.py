"""Checkpoint -> ONNX bundles; nothing is imported here, since serving imports `export.runtime` through it."""
