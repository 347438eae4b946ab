"""The parts of `grammar.evaluate`: vectors of cells, comparisons, values and predicates over a whole table at once."""
