"""Eight Bash pairs and a few Python ones, written for the tests, and code pieces made of them."""

from __future__ import annotations

from typing import Any

from training.corpus.code_pieces import make
from training.corpus.code_splits import Pair

BASH = [
    Pair('find all files named "notes.md" under src', 'find src -type f -name "notes.md"'),
    Pair("count the lines of report.csv", "wc -l report.csv"),
    Pair("show the last 20 lines of server.log", "tail -n 20 server.log"),
    Pair("delete every *.tmp file older than 7 days in /var/scratch", "find /var/scratch -name '*.tmp' -mtime +7 -delete"),
    Pair("sort names.txt and drop duplicates", "sort names.txt | uniq"),
    Pair("make the directory build/out with its parents", "mkdir -p build/out"),
    Pair('search for "TODO" in all python files', "grep -rn --include='*.py' \"TODO\" ."),
    Pair("print the current date as year, month and day", "date +%Y-%m-%d"),
]
PYTHON = [
    Pair("sort list `rows` by the second element", "sorted(rows, key=lambda x: x[1])"),
    Pair("get the length of `names`", "len(names)"),
    Pair("read file 'a b.txt' into a list of lines", "open('a b.txt').read().splitlines()"),
    Pair("join list `parts` with commas", "','.join(parts)"),
]
SNIPPETS = ["find . -type f -print", "ls -la | wc -l", "for x in rows:\n    print(x)", "x = [y for y in z if y]"]
SIZE = 420


def piece_values() -> dict[str, Any]:
    """The values of a small `code_pieces.json`."""
    return make({"bash": BASH, "python": PYTHON}, SNIPPETS, SIZE)
