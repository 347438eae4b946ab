"""JSON of requests for code, the same for HTTP and `code --jsonl`: read strictly, unknown fields are refused."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, StrictStr

from addin_backend.code import DEFAULT_K, MAX_K, CodeLanguage


class CodeBody(BaseModel):
    """A description of what Bash or Python should do."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [
        {"language": "bash", "utterance": 'find all "*.java" files modified in the last 7 days'},
    ]})  # fmt: skip

    language: CodeLanguage = Field(description="What to write.")
    utterance: StrictStr = Field(description="What the code should do, in words; names and patterns in quotes are copied.")
    k: int = Field(default=DEFAULT_K, ge=1, le=MAX_K, strict=True, description="Most candidates wanted.")


class CodeLineBody(BaseModel):
    """One line of `code --jsonl`: a description with an `id` that its answer repeats; the language is the command's."""

    model_config = ConfigDict(extra="forbid")

    id: str | int | float | None = None
    utterance: StrictStr
    k: int = Field(default=DEFAULT_K, ge=1, le=MAX_K, strict=True)
