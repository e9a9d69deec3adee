"""A stand-in for a service that keeps checkpoints: what is sent to it goes into a file, one after the other.

What it answers stands in another file: a status, or `hang`; 204 if there is none. Only what is answered with 2xx is
kept. Where a third file holds a bearer token, whoever does not show it gets 401. Standard input closed ends it. The port
is free; it is the first line of standard output.

usage: anchor.py KEPT ANSWER TOKEN"""
import os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEPT, ANSWER, TOKEN = sys.argv[1:4]


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            with open(ANSWER) as file:
                answer = file.read().strip()
        except FileNotFoundError:
            answer = "204"
        try:
            with open(TOKEN) as file:
                if self.headers["Authorization"] != "Bearer " + file.read().strip():
                    answer = "401"
        except FileNotFoundError:
            pass
        if answer == "hang":
            threading.Event().wait()
        if answer.startswith("2"):
            with open(KEPT, "ab") as file:
                file.write(body + b"\n")
        self.send_response(int(answer))
        self.send_header("Content-Length", "0")
        self.end_headers()


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
while sys.stdin.buffer.read1(1):
    pass
os._exit(0)
