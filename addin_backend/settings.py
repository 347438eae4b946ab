"""Settings of the service: rows of name, type, default and help, read from `CF_ASSISTANT_<NAME>` in the environment.

`python -m addin_backend.settings` prints `docs/settings.md`; a test keeps the two the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from addin_backend.service_errors import SettingError

PREFIX = "CF_ASSISTANT_"


@dataclass(frozen=True, slots=True)
class Row:
    """One setting: how its text is read (`read` raises ValueError with what is wanted), and what it is for."""

    kind: str
    help: str
    read: Callable[[str], Any]


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.strip().isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low:,} to {high:,}")
        return int(text)

    return read


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.05 <= number <= 3600:
        raise ValueError("seconds from 0.05 to 3600")
    return number


def _one_of(*names: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.strip().lower() not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return text.strip().lower()

    return read


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise ValueError("a folder that exists")
    return path


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise ValueError("a file that exists")
    return path


def _providers(text: str) -> tuple[str, ...]:
    known = {"cuda": "CUDAExecutionProvider", "cpu": "CPUExecutionProvider"}
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    if not names or not set(names) <= set(known):
        raise ValueError("a list of cuda and cpu, such as cuda,cpu")
    return tuple(known[name] for name in names)


def _host(text: str) -> str:
    if not text.strip() or any(character.isspace() or character == "/" for character in text.strip()):
        raise ValueError("a host name or address, such as 127.0.0.1")
    return text.strip()


def _row(default: Any, kind: str, read: Callable[[str], Any], text: str) -> Any:
    return field(default=default, metadata={"row": Row(kind, text, read)})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. Defaults suit one person's machine."""

    bundle: Path | None = _row(None, "folder", _folder, "Folder of the model bundle; empty takes the one that is shipped.")  # noqa: RUF009  # a field, made by a function of ours
    threads: int = _row(2, "number", _whole(1, 256), "Threads of the model for one request.")
    providers: tuple[str, ...] | None = _row(
        None, "list", _providers, "Where the model runs, in order of preference: cuda, cpu. Empty takes what there is."
    )
    seeds: int = _row(16, "number", _whole(1, 128), "Noise seeds per request: more give steadier votes and cost time.")
    load_model: str = _row(
        "background",
        "choice",
        _one_of("startup", "background", "first-use"),
        "When the model is loaded: startup waits for it; background answers at once, `/readyz` says when it is there; "
        "first-use waits for a request.",
    )
    host: str = _row("127.0.0.1", "host", _host, "Address that `cf-assistant serve` listens on.")
    port: int = _row(3000, "number", _whole(0, 65_535), "Port that `cf-assistant serve` listens on; 0 takes a free one.")
    certificate: Path | None = _row(None, "file", _file, "Certificate (PEM) for HTTPS, which Excel asks of an add-in.")  # noqa: RUF009  # a field, made by a function of ours
    certificate_key: Path | None = _row(None, "file", _file, "Private key (PEM) of the certificate.")  # noqa: RUF009  # a field, made by a function of ours
    max_request_mb: int = _row(50, "number", _whole(1, 2_048), "Largest request in MiB, uploads included.")
    request_timeout: float = _row(30.0, "seconds", _seconds, "Longest time one request may take.")
    workers: int = _row(2, "number", _whole(1, 256), "Requests worked on at the same time; others wait.")
    waiting: int = _row(32, "number", _whole(0, 10_000), "Requests that may wait; one more is answered `busy`.")
    log_level: str = _row("info", "choice", _one_of("debug", "info", "warning", "error"), "What is written to the log.")
    log_format: str = _row("json", "choice", _one_of("json", "text"), "json: one object a line; text: for a terminal.")

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.certificate_key is None):
            raise SettingError(f"{PREFIX}CERTIFICATE and {PREFIX}CERTIFICATE_KEY belong together; only one of them is set.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; an empty value means the default.

        Raises:
            SettingError: a value that cannot be used, or a name with our prefix that is no setting; the detail names it.
        """
        environment = os.environ if environment is None else environment
        known = rows()
        values: dict[str, Any] = {}
        for name, text in sorted(environment.items()):
            key = name.removeprefix(PREFIX).lower()
            if not name.startswith(PREFIX) or name in ELSEWHERE or not text.strip():
                continue
            if key not in known:
                raise SettingError(f"There is no setting {name}; there are {', '.join(PREFIX + k.upper() for k in known)}.")
            try:
                values[key] = known[key].read(text)
            except ValueError as error:
                raise SettingError(f"{name} is {text!r}, but has to be {error}.") from None
        return cls(**values)


ELSEWHERE = frozenset({"CF_ASSISTANT_DATA"})  # read by tests and training: the folder of the data


def rows() -> dict[str, Row]:
    """Every setting's row by its name, in order."""
    return {each.name: each.metadata["row"] for each in fields(Settings)}


def document() -> str:
    """The settings as a Markdown page."""
    lines = [
        "# Settings",
        "",
        "The service reads these from the environment when it starts; a wrong value or an unknown `CF_ASSISTANT_` name",
        "stops it with a message that names it. Options of `cf-assistant serve` win over them.",
        "This page is written by `python -m addin_backend.settings > docs/settings.md`.",
        "",
        "| name | type | default | what it does |",
        "|---|---|---|---|",
    ]
    for each in fields(Settings):
        row = each.metadata["row"]
        default = (
            "" if each.default is None else f"`{each.default:g}`" if isinstance(each.default, float) else f"`{each.default}`"
        )
        kind = row.kind
        lines.append(f"| `{PREFIX}{each.name.upper()}` | {kind} | {default} | {row.help} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(document())
