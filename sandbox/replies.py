"""Building answers and reading request fields, shared by all endpoints."""

import gzip
import json

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from .errors import ApiError

GZIP_FROM = 1024  # bytes; below this compression costs more than it saves


def json_reply(value, status=200, headers=None):
    """Return ``value`` as a JSON answer.

    NaN and Infinity pass through as Python writes them, so that a broken payload put by
    a test reaches the client broken.
    """
    body = json.dumps(value, ensure_ascii=False)
    return Response(
        body, status=status, headers=headers, content_type="application/json"
    )


def error_reply(error):
    """Return the answer for an :class:`ApiError`."""
    return json_reply(error.body, error.status, error.headers)


def compress(request, response):
    """Gzip the answer when the client takes it and it is worth it."""
    body = response.get_data()
    if "gzip" in request.accept_encodings and len(body) >= GZIP_FROM:
        response.set_data(gzip.compress(body, compresslevel=1))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
    return response


def read_json(request):
    """Return the JSON body of a request.

    :raise ApiError: 400 when the body is no JSON
    """
    try:
        return json.loads(request.get_data(as_text=True))
    except ValueError as error:
        raise ApiError(400, "The request body is not valid JSON") from error


def read_fields(request):
    """Return the fields of a request body, sent as JSON or as a form.

    :return: JSON object as sent, or form fields as strings (the last value of a
        repeated one)
    :rtype: dict
    :raise ApiError: 400 for broken JSON, or JSON that is no object
    """
    if not request.is_json:
        return {name: values[-1] for name, values in request.form.lists()}
    fields = read_json(request)
    if not isinstance(fields, dict):
        raise ApiError(400, "The request body must be a JSON object")
    return fields


def recordable_body(request):
    """Return what a request carried: its JSON, its form fields, or None."""
    try:
        if request.is_json:
            return json.loads(request.get_data(as_text=True))
        fields = {name: values[-1] for name, values in request.form.lists()}
        files = {name: upload.filename for name, upload in request.files.items()}
    except (HTTPException, ValueError):
        return None  # too large, or broken: the endpoint says so
    return {**fields, **files} or None
