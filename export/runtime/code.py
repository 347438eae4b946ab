"""What a bundle says about Bash and Python: the pieces, the target length, the denoising steps."""

from __future__ import annotations

from dataclasses import dataclass

from export.runtime.bundle import CODE_FILE, Bundle
from export.runtime.errors import BundleError
from grammar.codec.code.pieces import CodePieces, CodePiecesError


@dataclass(frozen=True, slots=True)
class CodeSettings:
    """How a bundle writes code; `length` target positions, `steps` of denoising, `text_width` of the sentence encoder."""

    pieces: CodePieces
    length: int
    steps: int
    text_width: int


def read_code_settings(bundle: Bundle) -> CodeSettings | None:
    """None for a bundle that writes rules only.

    Raises:
        BundleError: its pieces cannot be read, or are not as many as its model was trained with.
    """
    model, sampling = bundle.info["model"], bundle.info["sampling"]
    if not model.get("code_pieces"):
        return None
    try:
        pieces = CodePieces.read(bundle.folder / CODE_FILE)
    except CodePiecesError as error:
        raise BundleError(f"{error}; fetch or export the bundle again.") from error
    if len(pieces) != model["code_pieces"]:
        raise BundleError(f"The model has {model['code_pieces']} pieces of code, {CODE_FILE} {len(pieces)}; export it again.")
    steps = int(sampling.get("code_steps", sampling["steps"]))
    return CodeSettings(pieces, int(model["code_length"]), steps, int(model["text_width"]))
