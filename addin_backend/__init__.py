"""The serving side: workbooks, use-cases, HTTP, command line. Importing this package imports nothing else."""
