"""A language model behind an OpenAI-compatible endpoint, asked with the same few-shot prompt (see `prompts`).

`POST {base}/chat/completions`; the key is read from an environment variable and is never written anywhere.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from training.baselines.interface import Answer
from training.baselines.prompts import Prompter


class EndpointError(Exception):
    """The endpoint cannot be asked, or does not answer as it should; the message says why."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how to ask: `timeout` and `pause` in seconds, `pause` doubles with every one of the `retries`."""

    base: str
    model: str
    key_variable: str = "OPENAI_API_KEY"
    timeout: float = 60.0
    retries: int = 3
    pause: float = 1.0
    temperature: float = 0.8
    new_tokens: int = 96

    def __post_init__(self) -> None:
        if not self.base.startswith(("http://", "https://")):
            raise ValueError(f"the endpoint's base must be an http(s) URL, not {self.base!r}")
        if self.timeout <= 0 or self.retries < 0 or self.pause < 0:
            raise ValueError(f"not a way to ask: {self}")


class EndpointSystem:
    """One model of an endpoint.

    Raises:
        EndpointError: the environment holds no key.
    """

    ranks = False

    def __init__(self, endpoint: Endpoint, prompter: Prompter, name: str = "") -> None:
        self.name, self.endpoint, self.prompter = name or endpoint.model, endpoint, prompter
        self._key = os.environ.get(endpoint.key_variable, "")
        if not self._key:
            raise EndpointError(f"set {endpoint.key_variable} to the endpoint's key (any text for a server without keys)")

    def answers(self, question: str, count: int, seed: int) -> list[Answer]:
        """`count` samples; one by temperature 0 when a single one is asked for."""
        payload = {
            "model": self.endpoint.model, "messages": [{"role": "user", "content": self.prompter.prompt(question)}],
            "n": count, "seed": seed, "max_tokens": self.endpoint.new_tokens,
            "temperature": self.endpoint.temperature if count > 1 else 0,
        }  # fmt: skip
        reply = self._ask(json.dumps(payload).encode())
        try:
            return [Answer(self.prompter.cut(str(choice["message"]["content"] or ""))) for choice in reply["choices"]]
        except (KeyError, TypeError) as error:
            raise EndpointError(f"{self.endpoint.base} answered in another form: {json.dumps(reply)[:200]}") from error

    def _ask(self, body: bytes) -> dict[str, Any]:
        """The reply; what may pass (429, 5xx, no connection, time-out) is tried again."""
        url = self.endpoint.base.rstrip("/") + "/chat/completions"
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        problem = ""
        for attempt in range(self.endpoint.retries + 1):
            if attempt:
                time.sleep(self.endpoint.pause * 2 ** (attempt - 1))
            try:
                request = urllib.request.Request(url, body, headers)
                with urllib.request.urlopen(request, timeout=self.endpoint.timeout) as response:
                    found: dict[str, Any] = json.loads(response.read())
                    return found
            except urllib.error.HTTPError as error:
                problem = f"{error.code} {error.read(200).decode(errors='replace')}"
                if error.code != 429 and error.code < 500:
                    break
            except (OSError, ValueError) as error:  # no connection, time-out, half an answer, no JSON
                problem = str(error)
        raise EndpointError(f"{url} did not answer: {problem}")
