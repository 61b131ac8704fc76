"""The refusals of the API, as exceptions that become answers in one place."""


class ApiError(Exception):
    """A call that the API refuses.

    The answer's body is Lengow's usual envelope ``{"error": {"code", "message"}}``, or
    ``body`` where a route answers in another shape.
    """

    def __init__(self, status, message, *, headers=None, body=None):
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}
        self.body = body or {"error": {"code": status, "message": message}}


class ControlError(ValueError):
    """A request to the control side that makes no sense; answered with 400."""
