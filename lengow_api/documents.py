"""A file that Lengow hands out."""

import re
from dataclasses import dataclass, field
from email.message import Message

from .answers import Answer

_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff<>:\"|?*]")
_NOT_IN_A_HEADER = re.compile(r"[\r\n]")
_LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class Document:
    """The content of a document, as it came.

    :ivar content_type: what the server calls it, lower case and without parameters;
        a claim, not a check.
    :ivar filename: a bare file name, None when the server gives none.
    """

    content: bytes = field(repr=False)
    content_type: str
    filename: str | None = field(default=None, repr=False)

    @classmethod
    def from_answer(cls, answer: Answer) -> "Document":
        """Take the document out of an answer.

        :raise BadResponseError: when there is no content, or a web page.
        :raise RequestRefusedError: when the content is an error envelope.
        """
        content_type = _content_type(answer.headers.get("Content-Type", ""))
        if content_type == "application/json":
            answer.json()
        if not answer.body or content_type in ("text/html", "application/json"):
            raise answer.bad("Lengow's answer is not a document.")
        name = _filename(answer.headers.get("Content-Disposition", ""))
        return cls(answer.body, content_type, name)


def _content_type(header: str) -> str:
    return header.partition(";")[0].strip().lower() or "application/octet-stream"


def _filename(disposition: str) -> str | None:
    """Return the bare name in a ``Content-Disposition`` header."""
    message = Message()
    message["Content-Disposition"] = _NOT_IN_A_HEADER.sub(" ", disposition)
    name = re.split(r"[/\\]", message.get_filename(""))[-1]
    bare = _NOT_IN_A_NAME.sub("", name).strip(". ")
    return bare[-_LONGEST_NAME:] or None
