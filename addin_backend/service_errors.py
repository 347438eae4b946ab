"""What can be wrong with a request or with the service itself (files and rules have theirs in `addin_backend.errors`)."""

from __future__ import annotations

from addin_backend.errors import AddinError


class EmptyUtteranceError(AddinError):
    """There are no words in the request. Say which cells to format and how."""

    code = "empty-utterance"
    title = "The request has no words"
    status = 422


class UtteranceTooLongError(AddinError):
    """The request is longer than any sentence about a rule. Send the sentence, not the document around it."""

    code = "utterance-too-long"
    title = "The request is too long"
    status = 422


class BadTableError(AddinError):
    """The rows do not make a table: no header, a row longer than the header. Send the header row first."""

    code = "bad-table"
    title = "The table cannot be used"
    status = 422


class BadRequestError(AddinError):
    """The body is not what its content type says (broken JSON, a part missing). Mend the request."""

    code = "bad-request"
    title = "The request cannot be read"
    status = 400


class InvalidRequestError(AddinError):
    """A field is missing, unknown or of the wrong type; `extra["errors"]` lists each with its place."""

    code = "invalid-request"
    title = "The request has a wrong field"
    status = 422


class UnsupportedContentError(AddinError):
    """The body's content type is not one this address takes; the detail names those it does."""

    code = "unsupported-content-type"
    title = "This content type is not accepted here"
    status = 415


class ModelUnavailableError(AddinError):
    """The model cannot be loaded, or is still loading. Name another folder by --bundle or CF_ASSISTANT_BUNDLE."""

    code = "model-unavailable"
    title = "The model is not available"
    status = 503


class LanguageUnavailableError(AddinError):
    """The model does not write this language. Name a bundle that does by --bundle or CF_ASSISTANT_BUNDLE."""

    code = "language-unavailable"
    title = "The model does not write this language"
    status = 409


class BusyError(AddinError):
    """More requests are waiting than the server takes. Repeat in a moment."""

    code = "busy"
    title = "The server is busy"
    status = 503


class DeadlineError(AddinError):
    """The request took longer than REQUEST_TIMEOUT. Send a smaller table or raise the setting."""

    code = "deadline-exceeded"
    title = "The request took too long"
    status = 504


class SettingError(AddinError):
    """A setting has a value that cannot be used; the detail names it. Correct the environment variable and start again."""

    code = "bad-setting"
    title = "A setting is wrong"
    status = 500
