"""A server for the tests of downloads, on a free port of 127.0.0.1 that it writes on stdout.

    python3 server.py FOLDER [LOG]

GET /BEHAVIOUR/FILE sends a file of FOLDER. Behaviours: see `BEHAVIOURS`. Each request is a line in
LOG: "GET /plain/a Range-or-minus status". It ends when its stdin does.
"""

import hashlib
import http.server
import os
import re
import sys
import threading
import time

FOLDER = sys.argv[1]
LOG = open(sys.argv[2], "a") if len(sys.argv) > 2 else None
CHUNK = 16384


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *unused):
        pass

    def do_GET(self):
        behaviour, _, name = self.path.lstrip("/").partition("/")
        if behaviour not in BEHAVIOURS:
            return self.refuse(404)
        with open(os.path.join(FOLDER, name), "rb") as file:
            BEHAVIOURS[behaviour](self, file.read())

    def note(self, status):
        if LOG:
            LOG.write(f"{self.path} {self.headers.get('Range', '-')} {status}\n")
            LOG.flush()

    def refuse(self, status):
        self.note(status)
        self.send_response(status)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"sorry")

    def redirect(self, place):
        self.note(302)
        self.send_response(302)
        self.send_header("Location", place)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def first_byte(self, body):
        """Where to begin; If-Range with another version of the file asks for all of it."""
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if not asked or self.headers.get("If-Range", tag(body)) != tag(body):
            return 0
        return int(asked[1])

    def send(self, body, ranges=True, most=None, pause=0, shift=0, length=True, stall=0, claims=0):
        """`most` bytes at a time, then the connection ends; `shift`: a lie about the range."""
        first = self.first_byte(body) if ranges else 0
        if first >= len(body) and first > 0:
            self.send_response(416)
            self.note(416)
            self.send_header("Content-Range", f"bytes */{len(body)}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        status = 206 if first > 0 else 200
        self.note(status)
        self.send_response(status)
        self.send_header("ETag", tag(body))
        if length:
            self.send_header("Content-Length", str(claims or len(body) - first))
        if first > 0:
            self.send_header("Content-Range", f"bytes {first + shift}-{len(body) - 1}/{len(body)}")
        if not length:
            self.send_header("Connection", "close")
        self.end_headers()
        self.send_slowly(body[first : None if most is None else first + most], pause)
        time.sleep(stall)
        self.close_connection = most is not None or not length or claims > 0

    def send_slowly(self, part, pause):
        try:
            for begin in range(0, len(part), CHUNK):
                self.wfile.write(part[begin : begin + CHUNK])
                time.sleep(pause)
        except OSError:
            self.close_connection = True  # whoever asked has gone


def tag(body):
    return '"' + hashlib.sha256(body).hexdigest()[:16] + '"'


def flipped(body):
    return bytes([body[0] ^ 1]) + body[1:]


BEHAVIOURS = {
    "plain": lambda h, body: h.send(body),
    "drops": lambda h, body: h.send(body, most=len(body) // 3 + 1),  # a third, then it hangs up
    "no_range": lambda h, body: h.send(body, ranges=False),
    "no_range_drops": lambda h, body: h.send(body, ranges=False, most=len(body) // 2),
    "no_length": lambda h, body: h.send(body, length=False),
    "wrong": lambda h, body: h.send(flipped(body)),
    "short": lambda h, body: h.send(body[:-1]),
    "long": lambda h, body: h.send(body + b"more", length=False),
    "nothing": lambda h, body: h.send(b""),
    "shifted": lambda h, body: h.send(body, shift=1),
    "slow": lambda h, body: h.send(body, pause=0.05),
    "stalls": lambda h, body: h.send(body, most=len(body) // 2, stall=60),
    "huge": lambda h, body: h.send(body, claims=1 << 60),
    "error": lambda h, body: h.refuse(503),
    "moved": lambda h, body: h.redirect(h.path.replace("/moved/", "/plain/")),
    "to_file": lambda h, body: h.redirect("file:///etc/hostname"),
    "loop": lambda h, body: h.redirect(h.path),
}


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *unused: None  # a client that is killed is part of the tests
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()  # until whoever started it is gone


main()
