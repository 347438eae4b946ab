"""Scripts of the project that are also imported (by tests and the demo)."""
