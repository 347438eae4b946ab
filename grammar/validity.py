"""Whether Python and Bash can be read at all, as the serving process checks it. Nothing is ever executed.

Python by `ast.parse`. Bash by quotes and brackets (`closed`) and, where there is a bash, by `bash -n`, which reads commands and
does not run them; it gets the text on its standard input, an empty environment and two seconds. The measurements of
`training.metrics` read Bash with bashlex, which is under the GPL and not part of the serving install.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import threading
import warnings
from functools import lru_cache

LANGUAGES = ("bash", "python")
SECONDS = 2.0
_WARNINGS = threading.Lock()
"""`warnings.catch_warnings` changes the filters of the whole process."""
_OPENERS = {"(": ")", "{": "}"}


def valid(language: str, code: str) -> bool:
    """Whether the code can be read as the language.

    Raises:
        ValueError: an unknown language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"{language} is none of {', '.join(LANGUAGES)}")
    return valid_python(code) if language == "python" else valid_bash(code)


def valid_python(code: str) -> bool:
    """Whether it is Python 3 with at least one statement."""
    try:
        with _WARNINGS, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # escapes such as "\\d"
            return bool(ast.parse(code.strip()).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def valid_bash(code: str) -> bool:
    """Whether it is at least one command with all its quotes and brackets closed, and `bash -n`, where there is one, agrees."""
    return closed(code) and bash_reads(code) is not False


def closed(code: str) -> bool:
    """Whether something stands there and every quote, `(`, `${` and backquote is closed; here-documents are not looked into."""
    text = code.strip()
    if not text or "\0" in text or text[0] in "|&;)":
        return False
    if "<<" in text.replace("<<<", ""):
        return True
    return _Scanner(text).closes()


@lru_cache(maxsize=1024)
def bash_reads(code: str) -> bool | None:
    """Whether `bash -n` reads it without a complaint; None where there is no bash, or it does not answer in time."""
    program = _bash()
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  # our own arguments; the text goes to standard input and is only read
            [program, "--norc", "--noprofile", "-n"], input=code.encode(), capture_output=True, timeout=SECONDS,
            env={"LC_ALL": "C"}, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.returncode == 0 and not done.stderr


@lru_cache(maxsize=1)
def _bash() -> str | None:
    return shutil.which("bash")


class _Scanner:
    """Reads quotes and brackets of one command line (POSIX shell, 2.2 Quoting; Bash for `$'…'`, `$(…)`, `<(…)`)."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def closes(self) -> bool:
        """Whether everything that is opened is closed by the end."""
        try:
            self._plain("")
        except IndexError:
            return False
        return True

    def _plain(self, end: str) -> None:
        """Up to the closing sign `end`, or to the end of the text; a `)` that closes nothing may be of a `case`."""
        while True:
            if self.at == len(self.text) and not end:
                return
            sign = self.text[self.at]  # IndexError: something is still open
            self.at += 1
            if sign == end:
                return
            self._one(sign)

    def _one(self, sign: str) -> None:
        before = self.text[self.at - 2] if self.at > 1 else " "
        if sign == "\\":
            self._skip_one()
        elif sign == "'":
            self._single(escapes=before == "$")
        elif sign == '"':
            self._double()
        elif sign == "`":
            self._plain("`")
        elif sign == "(" or (sign == "{" and before == "$"):
            self._plain(_OPENERS[sign])
        elif sign == "#" and before in " \t\n;|&(":
            self._comment()

    def _skip_one(self) -> None:
        if self.at == len(self.text):
            raise IndexError("a backslash at the end")
        self.at += 1

    def _single(self, *, escapes: bool) -> None:
        while (sign := self.text[self.at]) != "'":
            self.at += 2 if escapes and sign == "\\" else 1
        self.at += 1

    def _double(self) -> None:
        while (sign := self.text[self.at]) != '"':
            self.at += 1
            opens = sign == "$" and self.text[self.at : self.at + 1] in tuple(_OPENERS)
            if sign == "\\":
                self._skip_one()
            elif sign == "`":
                self._plain("`")
            elif opens:
                opener = self.text[self.at]
                self.at += 1
                self._plain(_OPENERS[opener])
        self.at += 1

    def _comment(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end
