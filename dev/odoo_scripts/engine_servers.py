"""Odoo processes at one database, each with a job runner, behind one address.

    job runners ── one is in charge, the others wait for its end
         │ asks for a job at
         ▼
      balancer ──► in turn, to whoever is there ──► Odoo, Odoo, …

As on several servers: each process has its own memory and connections, and knows the
others by the database alone.
"""

import ctypes
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

from odoo.tools import config

PR_SET_PDEATHSIG = 1  # <sys/prctl.h>, Linux alone
HOST = "127.0.0.1"
START_SECONDS = 120


class Servers:
    """The processes, which end with the block that they are used in.

    :ivar dict processes: that were not killed, by their id
    """

    def __init__(self, database, number, capacity=None):
        """Start nothing yet.

        :param str database: with the engine
        :param int number: of processes
        :param int capacity: how many jobs are done at once; as many as there are
            processes, if not given
        """
        self.processes = {}
        self._database, self._number = database, number
        self._capacity = capacity or number
        self._balancer = _Balancer()
        self._names = count(1)

    def __enter__(self):
        """Start the balancer and the processes."""
        self._balancer.start()
        for _process in range(self._number):
            self.start()
        return self

    def __exit__(self, *_exc_info):
        """End everything."""
        for pid in list(self.processes):
            self.kill(pid, signal.SIGTERM)
        self._balancer.stop()

    def start(self):
        """Start one more process, and wait until it answers."""
        port = _free_port()
        log = Path(config["config"]).parent / "log" / f"engine-{next(self._names)}.log"
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "odoo"),
                    f"--config={config['config']}",
                    f"--addons-path={','.join(config['addons_path'])}",
                    f"--database={self._database}",
                    f"--http-port={port}",
                    "--load=base,rpc,web,queue_job",
                    "--max-cron-threads=0",
                ],
                env={
                    **os.environ,
                    "ODOO_QUEUE_JOB_CHANNELS": f"root:{self._capacity}",
                    "ODOO_QUEUE_JOB_HOST": HOST,
                    "ODOO_QUEUE_JOB_PORT": str(self._balancer.port),
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_end_with_parent,
            )
        self.processes[process.pid] = process
        _wait_for(process, port, log)
        self._balancer.backends[process.pid] = port

    def kill(self, pid, how=signal.SIGKILL):
        """End a process, by default without any chance to clean up."""
        self._balancer.backends.pop(pid, None)
        process = self.processes.pop(pid)
        process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Balancer(socketserver.ThreadingTCPServer):
    """Hands each connection to the next process."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__((HOST, 0), _Relay)
        self.port = self.server_address[1]
        self.backends = {}
        self._turns = count()

    def start(self):
        """Listen in the background."""
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    def stop(self):
        """Listen no more."""
        self.shutdown()
        self.server_close()

    def connect(self):
        """Return a connection to the process whose turn it is, None without any."""
        ports = list(self.backends.values())
        turn = next(self._turns)
        for offset in range(len(ports)):
            with suppress(OSError):
                return socket.create_connection(
                    (HOST, ports[(turn + offset) % len(ports)])
                )
        return None


class _Relay(socketserver.BaseRequestHandler):
    """Passes on what both sides of a connection say."""

    def handle(self):
        """Do so until the process has answered."""
        backend = self.server.connect()
        if backend is None:
            return
        with backend:
            threading.Thread(
                target=_pass_on, args=(self.request, backend), daemon=True
            ).start()
            _pass_on(backend, self.request)


def _pass_on(source, target):
    # The job runner does not wait for the answer.
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)


def _wait_for(process, port, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            socket.create_connection((HOST, port), 1).close()
            return
        time.sleep(0.1)
    sys.exit(f"Odoo does not start; see {log}.")


def _free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
