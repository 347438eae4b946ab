"""Generation on onnxruntime: no torch, no transformers."""
