"""Synthetic requests: tables, rules over the whole rule language and utterances composed from the lexicons beside this file.

They complement the written requests for literals, columns and rare predicates. `python -m training.corpus.synthesis
--count 20000 --seed 0 --out FILE.jsonl` writes them in the shape of `training/corpora/requests/`.
"""
