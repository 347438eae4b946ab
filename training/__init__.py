"""CodeFusion's training side: corpora, model, pre-training, fine-tuning, measurements."""
