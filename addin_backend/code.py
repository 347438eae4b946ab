"""From a description to Bash or Python. The code is always the model's; it is checked for syntax and never executed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from addin_backend.errors import AddinError
from addin_backend.service_errors import LanguageUnavailableError
from addin_backend.utterance import Utterance, read_utterance

if TYPE_CHECKING:
    from grammar.codec.code.reading import Written

CodeLanguage = Literal["bash", "python"]
DEFAULT_K = 5
MAX_K = 20
SEEDS = 16
NOTHING_VALID = "Nothing the model wrote can be read as {language}. Say more of what it should do; quote names and patterns."
_HINTS = {
    "bash": 'Say what the command should do, such as "list files larger than 10 MB".',
    "python": 'Say what the code should do, such as "sort list `x` in descending order".',
}
_KNOWN = {"cf": "conditional-formatting rules (suggest)", "bash": "bash", "python": "python"}


@runtime_checkable
class WritesCode(Protocol):
    """What is needed of the model (`export.runtime.generator.Generator`)."""

    @property
    def name(self) -> str: ...  # the bundle's name

    @property
    def info(self) -> Mapping[str, Any]: ...  # bundle.json

    def write_code(  # see Generator
        self, utterances: Sequence[str], language: str, *, limit: int, seeds: int = ..., seed: int = ...
    ) -> list[list[Written]]: ...


@dataclass(frozen=True, slots=True)
class CodeOptions:
    """How to answer: the language, most candidates wanted, noise seeds."""

    language: CodeLanguage
    k: int = DEFAULT_K
    seeds: int = SEEDS
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MAX_K:
            raise ValueError(f"k is a number of candidates from 1 to {MAX_K}, not {self.k}.")


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """Candidates best first, each with its share of the model's probability; without any, `abstained` says why."""

    language: str
    candidates: tuple[str, ...]
    confidences: tuple[float, ...]
    notes: tuple[str, ...] = ()

    @property
    def abstained(self) -> str | None:
        """Why there is no candidate."""
        return None if self.candidates else NOTHING_VALID.format(language=self.language.capitalize())

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON; `abstained` and `notes` where there is something to say."""
        answer: dict[str, Any] = {
            "language": self.language,
            "candidates": list(self.candidates),
            "confidences": [round(share, 4) for share in self.confidences],
        }
        said = {"abstained": self.abstained, "notes": list(self.notes)}
        return answer | {key: value for key, value in said.items() if value}


def write_code(generator: object, utterance: str, options: CodeOptions) -> CodeAnswer:
    """Code for one description.

    Raises:
        EmptyUtteranceError, UtteranceTooLongError: see `read_utterance`.
        LanguageUnavailableError: the model does not write the language.
    """
    answer = write_many(generator, [utterance], options)[0]
    if isinstance(answer, AddinError):
        raise answer
    return answer


def write_many(generator: object, utterances: Sequence[str], options: CodeOptions) -> list[CodeAnswer | AddinError]:
    """Answers to several descriptions, through the model in one batch; one that would be refused has its error instead.

    Raises:
        LanguageUnavailableError: the model does not write the language.
    """
    writer = _writer(generator, options.language)
    read = [_read(utterance, options.language) for utterance in utterances]
    good = [one for one in read if isinstance(one, Utterance)]
    written = iter(
        writer.write_code(
            [one.text for one in good], options.language, limit=options.k, seeds=options.seeds, seed=options.seed
        ) if good else []
    )  # fmt: skip
    return [one if isinstance(one, AddinError) else _answer(options.language, one, next(written)) for one in read]


def refuse_unavailable(generator: object, language: CodeLanguage) -> None:
    """Refuse before anything is read.

    Raises:
        LanguageUnavailableError: the model does not write the language.
    """
    _writer(generator, language)


def _writer(generator: object, language: str) -> WritesCode:
    known = tuple(getattr(generator, "info", {}).get("languages", ("cf",)))
    if language not in known or not isinstance(generator, WritesCode):
        name = getattr(generator, "name", "")
        says = " and ".join(_KNOWN.get(one, one) for one in known)
        raise LanguageUnavailableError(
            f"The bundle '{name}' does not write {language}; it writes {says}.", languages=list(known)
        )
    return generator


def _read(utterance: str, language: str) -> Utterance | AddinError:
    from grammar.codec.code.words import code_words

    try:
        return read_utterance(utterance, hint=_HINTS[language], split=code_words)
    except AddinError as error:
        return error


def _answer(language: str, utterance: Utterance, written: Sequence[Written]) -> CodeAnswer:
    return CodeAnswer(language, tuple(one.code for one in written), tuple(one.probability for one in written), utterance.notes)
