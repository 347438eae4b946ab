"""The endpoint, against a server in this process."""

from __future__ import annotations

from typing import Any

import pytest

from tests.training.baselines.conftest import Fake, said
from training.baselines.endpoint import Endpoint, EndpointError, EndpointSystem
from training.baselines.prompts import Prompter, Shot

SHOTS = [Shot("list files", "ls -la"), Shot("where am i", "pwd")]


@pytest.fixture(autouse=True)
def _key(key: None) -> None:
    """Every test but one has a key."""


def system(base: str, **options: Any) -> EndpointSystem:
    return EndpointSystem(Endpoint(base, "some-model", pause=0.01, **options), Prompter("bash", SHOTS))


def test_it_asks_with_the_prompt_and_cuts_the_answers(fake: Fake) -> None:
    fake.script = [said("ls -la", "```bash\nls\n```", " pwd\n\nRequest: x")]
    found = system(fake.base + "/").answers("list files", 3, seed=7)
    assert [answer.text for answer in found] == ["ls -la", "ls", "pwd"]
    path, headers, body = fake.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer a-key"
    assert (body["model"], body["n"], body["seed"]) == ("some-model", 3, 7)
    assert body["messages"][0]["content"].endswith("Request: list files\nAnswer:")
    assert "Answer: pwd" in body["messages"][0]["content"]


def test_one_answer_is_asked_for_without_chance(fake: Fake) -> None:
    fake.script = [said("ls")]
    system(fake.base).answers("list files", 1, seed=0)
    assert fake.asked[0][2]["temperature"] == 0


@pytest.mark.parametrize("first", [(503, {"error": "busy"}), (429, {"error": "slow down"}), (200, b"{half an ans")])
def test_what_may_pass_is_tried_again(fake: Fake, first: tuple[int, Any]) -> None:
    fake.script = [first, said("ls")]
    assert [answer.text for answer in system(fake.base).answers("list files", 1, seed=0)] == ["ls"]
    assert len(fake.asked) == 2


def test_a_refusal_is_final(fake: Fake) -> None:
    fake.script = [(401, {"error": "wrong key"})]
    with pytest.raises(EndpointError, match=r"401 .*wrong key"):
        system(fake.base).answers("list files", 1, seed=0)
    assert len(fake.asked) == 1


def test_it_gives_up(fake: Fake) -> None:
    fake.script = [(500, {"error": "broken"})]
    with pytest.raises(EndpointError, match=r"500 .*broken"):
        system(fake.base, retries=2).answers("list files", 1, seed=0)
    assert len(fake.asked) == 3


def test_another_form_of_answer(fake: Fake) -> None:
    fake.script = [(200, {"text": "ls"})]
    with pytest.raises(EndpointError, match="in another form"):
        system(fake.base).answers("list files", 1, seed=0)


def test_nobody_is_there(fake: Fake) -> None:
    fake.server_close()
    with pytest.raises(EndpointError, match="did not answer"):
        system(fake.base, retries=0, timeout=1.0).answers("list files", 1, seed=0)


def test_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(EndpointError, match="set OPENAI_API_KEY"):
        system("http://127.0.0.1:1/v1")
    monkeypatch.setenv("OTHER_KEY", "x")
    assert system("http://127.0.0.1:1/v1", key_variable="OTHER_KEY").name == "some-model"


@pytest.mark.parametrize(
    "values", [{"base": "ftp://x"}, {"base": "http://x", "timeout": 0}, {"base": "http://x", "retries": -1}]
)
def test_what_is_no_endpoint(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"http|not a way to ask"):
        Endpoint(model="m", **values)
