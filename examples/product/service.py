"""A small service: `/healthz` says whether it is fit to serve, `/version` which version it is."""

import argparse
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NEEDED = ("SERVICE_JWT", "TLS_CERTIFICATE")


class Handler(BaseHTTPRequestHandler):
    """Answers the two paths in JSON."""

    version = "unknown"

    def do_GET(self) -> None:
        """Healthy means: all that the service needs was configured."""
        missing = [name for name in NEEDED if not os.environ.get(name)]
        if self.path == "/healthz":
            self.answer(503 if missing else 200, {"healthy": not missing, "missing": missing})
        elif self.path == "/version":
            self.answer(200, {"version": self.version})
        else:
            self.answer(404, {"error": "no such path"})

    def answer(self, status: int, document: object) -> None:
        """Sends a JSON document."""
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """No access log."""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", required=True)
    Handler.version = parser.parse_args().version
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
