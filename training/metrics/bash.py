"""Measures for Bash: template match and the NLC2CMD score. Both read commands with bashlex (extra `train`).

**Template match** (after the template accuracy of Lin et al. 2018, NL2Bash, used by Singh et al. 2023). A command becomes a
template; two commands match when their templates are equal. What bashlex cannot read never matches, not even itself.

Kept as it stands: utilities, options (names), pipelines, `&&`, `||`, `;`, `&`, `!`, groups, loops and conditions, redirections
with their file numbers and in their order, command and process substitutions with the template of what they run, values out of
a closed set (`-type f`, `git commit`), the sign of a count, size or permission where it changes the meaning (`-mtime +7` is not
`-mtime 7`, `tail -n +2` not `tail -n 2`), the number of operands, `{}` of `find -exec` and `xargs`.

Replaced by its type: every other argument. Types are PATH, NUMBER, SIZE, PERMISSION, PATTERN (globs and regular expressions),
STRING, PROGRAM (awk, sed, perl, `bash -c`), FIELDS (`cut -f2-`), TIME, USER, HOST, URL, NAME, VARIABLE (`$x`, `${x%.c}`).
The type comes from the argument's place (`training.metrics.bash_table`); where the table does not know the utility, from the
text (`bash_words.shape`). A word that is only a variable is a VARIABLE in any place; a word that holds a substitution among
other text shows it in braces, `PATH{$(pwd)}`.

Made the same: quotes; backquotes and `$(…)`; `-la`, `-al` and `-l -a`; `-n5`, `-n 5` and for `head` also `-5`; `--lines=5` and
`--lines 5`; the order of options, and of the tests of `find` between its actions; `-a`, `-and` and nothing, `-or` and `-o`,
`-not` and `!`; `/usr/bin/sort` and `sort`; `tar xf` and `tar -xf`; newlines and `;`; a `;` at the end.

A match is no proof of the same behaviour: all awk programs are one PROGRAM, all patterns one PATTERN. Nor is a mismatch one of
another behaviour: `--recursive` and `-r`, `find` and `find .`, `find` with and without `-print`, `egrep` and `grep -E` differ.

**NLC2CMD score** (Agarwal et al. 2021, the NeurIPS 2020 competition). With u(i) the i-th utility of the candidate, U(i) of the
reference, f(i) and F(i) the sets of their flags, T the larger number of utilities, and N(i) = max(|f(i)|, |F(i)|):

    S = 1/T · sum over i = 1…T of   ½ · (1 + (2 · |f(i) ∩ F(i)| − |f(i) ∪ F(i)|) / N(i))   where u(i) = U(i)
                                    −1                                                    elsewhere

so that −1 ≤ S ≤ 1. Of several candidates: the largest S when one is above 0, else their mean (all confidences are 1).
Treatment of details the formula leaves open: utilities are counted in the order of the source, also those inside substitutions,
loops, `-exec`, `xargs` and `sudo`; a place that only one side has is "elsewhere"; flags are names without values, clusters are
split, tests of `find` are flags, its operators are not; without flags on both sides N is 0 and the place counts 1; an
unreadable candidate has no utilities and gets −1. The competition read commands with a parser of its own, so its figures and
these are close, not identical.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.metrics.bash_command import Stage
from training.metrics.bash_tree import UnreadableBashError, read

__all__ = ["Scores", "UnreadableBashError", "nlc2cmd", "nlc2cmd_of_all", "stages", "template", "template_match", "valid"]


@dataclass(frozen=True, slots=True)
class Scores:
    """Of the candidates of one request, best first: place of the first template match (from 0, None: none), NLC2CMD score."""

    first_match: int | None
    nlc2cmd: float


def template(code: str) -> str:
    """The template of a command line.

    Raises:
        UnreadableBashError: bashlex cannot read it.
    """
    return read(code).template


def stages(code: str) -> tuple[Stage, ...]:
    """Utilities with their flags in the order of the source.

    Raises:
        UnreadableBashError: bashlex cannot read it.
    """
    return read(code).stages


def valid(code: str) -> bool:
    """Whether bashlex reads it as at least one command."""
    try:
        read(code)
    except UnreadableBashError:
        return False
    return True


def template_match(candidate: str, reference: str) -> bool:
    """Whether both can be read and have the same template."""
    try:
        return template(candidate) == template(reference)
    except UnreadableBashError:
        return False


def nlc2cmd(candidate: str, reference: str) -> float:
    """The NLC2CMD score of one candidate, -1 to 1.

    Raises:
        UnreadableBashError: the reference cannot be read.
    """
    right = stages(reference)
    try:
        left = stages(candidate)
    except UnreadableBashError:
        return -1.0
    total = max(len(left), len(right))
    if not total:  # assignments alone
        return 1.0
    paired = sum(_stage_score(a, b) for a, b in zip(left, right, strict=False))
    return (paired - (total - min(len(left), len(right)))) / total


def _stage_score(left: Stage, right: Stage) -> float:
    if left.utility != right.utility:
        return -1.0
    largest = max(len(left.flags), len(right.flags))
    if not largest:
        return 1.0
    agreement = (2 * len(left.flags & right.flags) - len(left.flags | right.flags)) / largest
    return (1 + agreement) / 2


def nlc2cmd_of_all(candidates: Sequence[str], reference: str) -> float:
    """The NLC2CMD score of several candidates of equal confidence; -1 when there is none."""
    found = [nlc2cmd(candidate, reference) for candidate in candidates]
    if not found:
        return -1.0
    return max(found) if max(found) > 0 else sum(found) / len(found)


def scores(candidates: Sequence[str], reference: str) -> Scores:
    """Both measures of the candidates of one request, best first."""
    place = next((k for k, code in enumerate(candidates) if template_match(code, reference)), None)
    return Scores(place, nlc2cmd_of_all(candidates, reference))
