"""Life cycle of the server: a threaded Werkzeug server in a thread of its own."""

import socket
import threading

from werkzeug.serving import WSGIRequestHandler, make_server

from .accounts import ACCOUNTS
from .app import SandboxApp
from .state import SandboxState

HOST = "127.0.0.1"
POLL_INTERVAL = 0.02  # seconds that stop() may wait for the serving thread to notice


class QuietHandler(WSGIRequestHandler):
    """Serves without logging; the calls are kept in the state instead."""

    def log(self, type, message, *args):
        """Log errors only: a traceback of the sandbox itself must not vanish."""
        if type == "error":
            super().log(type, message, *args)

    def connection_dropped(self, error, environ=None):
        """Hang up on a cut answer instead of waiting for the next request."""
        self.close_connection = True


def _listen(port, app):
    """Return a server that listens on a port.

    The socket is opened here because Werkzeug ends the process when a port is taken.
    """
    with socket.create_server((HOST, port), backlog=128) as listener:
        return make_server(
            HOST,
            port,
            app,
            threaded=True,
            request_handler=QuietHandler,
            fd=listener.fileno(),
        )


class SandboxServer:
    """A Lengow API server on 127.0.0.1.

    ::

        with SandboxServer() as server:
            server.state.put_order(payload)
            requests.get(server.url + "/v3.0/orders", ...)

    :param int port: 0 takes a free one, which is kept when the server is started again
    :param bool seed: start with the demo orders of :mod:`sandbox.seed`
    :param settings: values for :class:`sandbox.settings.Settings`
    """

    keys = (ACCOUNTS[0].access_token, ACCOUNTS[0].secret)
    second_keys = (ACCOUNTS[1].access_token, ACCOUNTS[1].secret)
    keys_without_rights = (ACCOUNTS[2].access_token, ACCOUNTS[2].secret)

    def __init__(self, port=0, seed=False, **settings):
        self.port = port
        self.state = SandboxState(seed=seed, **settings)
        self._server = None
        self._thread = None

    @property
    def url(self):
        """Base address without a slash at its end; known once it was started."""
        return f"http://{HOST}:{self.port}"

    def start(self):
        """Listen and serve in the background.

        :return: this server
        :raise RuntimeError: when it runs already
        :raise OSError: when the port is taken
        """
        if self._server:
            raise RuntimeError("The sandbox runs already")
        self._server = _listen(self.port, SandboxApp(self.state))
        self.port = self._server.port
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(POLL_INTERVAL,),
            name="lengow-sandbox",
            daemon=True,
        )
        self._thread.start()
        return self

    def stop(self):
        """Stop serving and free the port, if the server is running."""
        if self._server:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = self._thread = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc_info):
        self.stop()
