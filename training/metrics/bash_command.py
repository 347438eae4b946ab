"""The template of one simple command: utility, sorted options with the types of their values, types of the operands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from training.metrics.bash_find import FindWriter
from training.metrics.bash_table import BARE_LETTERS, COUNT_OPTION, IN_ORDER, UNKNOWN, UTILITIES, Operand, Utility
from training.metrics.bash_words import Word, typed

_SYSTEM_FOLDER = re.compile(r"(?:/usr)?(?:/local)?/s?bin/")
_OPERATORS = frozenset({"=", "==", "!=", "<", ">", "!", "]", "]]", "(", ")", "+", "*", "/", "%", ":", "&", "|", "=~"})


@dataclass(frozen=True, slots=True)
class Stage:
    """One utility of a command line and its options (names without values), at its place in the source."""

    utility: str
    flags: frozenset[str]
    position: int


@dataclass(slots=True)
class _Parsed:
    """Words of a command sorted into options (`texts`, `names`), operands and the words of a command inside it."""

    texts: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    operands: list[Word] = field(default_factory=list)
    nested: Sequence[Word] = ()
    placeholder: str | None = None


def write_command(words: Sequence[Word], stages: list[Stage]) -> str:
    """The template of a simple command; its utilities, also those that it runs itself, are added to `stages`."""
    count = next((k for k, word in enumerate(words) if not word.is_assignment), len(words))
    found = [f"NAME={typed(word.tail(word.text.index('=') + 1), 'SHAPE')}" for word in words[:count]]
    if count == len(words):
        return " ".join(found)
    first, rest = words[count], words[count + 1 :]
    utility = first.whole or _program(first.text)
    if utility == "find":
        find = FindWriter(rest, lambda inner: write_command(inner, stages))
        found += [utility, find.write()]
        flags = find.flags
    elif utility in IN_ORDER:
        flags = {word.text for word in rest if word.is_option}
        found += [utility, *(word.text if word.is_option or word.text in _OPERATORS else typed(word, "SHAPE") for word in rest)]
    else:
        spec = UTILITIES.get(utility, UNKNOWN)
        parsed = _sort_words(utility, spec, rest)
        flags = parsed.names
        found += [utility, *sorted(parsed.texts), *_operands(spec, parsed)]
        found += _nested(parsed, stages)
    stages.append(Stage(utility, frozenset(flags), first.position))
    return " ".join(filter(None, found))


def _program(text: str) -> str:
    """The utility's name without the system's folders; a program of the user's own is any path."""
    name = _SYSTEM_FOLDER.sub("", text.lstrip("\\"), count=1)
    return "PATH" if "/" in name else name


def _nested(parsed: _Parsed, stages: list[Stage]) -> list[str]:
    if not parsed.nested:
        return []
    if len(parsed.nested) == 1 and re.search(r"\s", parsed.nested[0].text) and parsed.nested[0].whole is None:
        return ["PROGRAM"]
    words = [replace(word, whole="{}") if word.text == parsed.placeholder else word for word in parsed.nested]
    return [write_command(words, stages)]


def _sort_words(utility: str, spec: Utility, words: Sequence[Word]) -> _Parsed:
    parsed = _Parsed()
    command_at = next((k for k, operand in enumerate(spec.operands) if operand.type == "COMMAND"), None)
    waiting = list(words)
    if waiting and utility in BARE_LETTERS and re.fullmatch("[A-Za-z]+", waiting[0].text):
        letters = sorted(waiting[0].text, key=lambda letter: f"-{letter}" in spec.values)
        waiting[0] = Word("-" + "".join(letters), waiting[0].position)
    options = True
    while waiting:
        word = waiting.pop(0)
        if options and word.text == "--" and word.whole is None:
            options = False
        elif options and word.is_option:
            waiting = _option(utility, spec, word, waiting, parsed)
        elif command_at is not None and len(parsed.operands) == command_at:
            parsed.nested = [word, *waiting]
            break
        else:
            parsed.operands.append(word)
    return parsed


def _option(utility: str, spec: Utility, word: Word, waiting: list[Word], parsed: _Parsed) -> list[Word]:
    """Read one option word; what is left of the waiting words."""
    if word.text.startswith("--"):
        name, equals, _ = word.text.partition("=")
        return _valued(spec, name, word.tail(len(name) + 1) if equals else None, waiting, parsed)
    if utility in COUNT_OPTION and re.fullmatch(r"-\d+", word.text):
        return _valued(spec, COUNT_OPTION[utility], word.tail(1), waiting, parsed)
    if not spec.splits:
        return _valued(spec, word.text, None, waiting, parsed)
    for k in range(1, len(word.text)):
        name = f"-{word.text[k]}"
        attached = word.tail(k + 1) if k + 1 < len(word.text) else None
        if name in spec.values:
            return _valued(spec, name, attached, waiting, parsed)
        _valued(spec, name, None, [], parsed)
    return waiting


def _valued(spec: Utility, name: str, attached: Word | None, waiting: list[Word], parsed: _Parsed) -> list[Word]:
    """Note the option `name` with its value: attached, the next word, or none."""
    value = attached
    if value is None and name in spec.values and name not in spec.attached and waiting:
        value, waiting = waiting[0], waiting[1:]
    kind = spec.values[name][0] if name in spec.values else "SHAPE"
    parsed.names.add(name)
    parsed.texts.append(name if value is None else f"{name} {typed(value, kind)}")
    if kind == "REPLACE":
        parsed.placeholder = value.text if value else "{}"
    return waiting


def _operands(spec: Utility, parsed: _Parsed) -> list[str]:
    places = [operand for operand in spec.operands if not operand.unless & parsed.names and operand.type != "COMMAND"]
    places = places or [Operand("SHAPE")]
    found: list[str] = []
    for k, word in enumerate(parsed.operands):
        place = places[min(k, len(places) - 1)]
        text = typed(word, place.type)
        if not (place.merged and found and found[-1] == text):
            found.append(text)
    return found
