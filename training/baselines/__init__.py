"""The systems that CodeFusion is compared with, all under one interface (see `interface`)."""
