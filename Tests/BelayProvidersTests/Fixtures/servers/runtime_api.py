"""A stand-in for the Lambda Runtime API, made from its public documentation: hands out the payloads given as a JSON
list and keeps what comes back.

usage: runtime_api.py PORT PAYLOADS_FILE ANSWERS_FILE"""
import json, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

payloads = json.load(open(sys.argv[2]))
answers, state = {}, {"next": 0}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        number = state["next"]
        if self.path != "/2018-06-01/runtime/invocation/next" or number >= len(payloads):
            time.sleep(3600)
        state["next"] += 1
        body = payloads[number]
        body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "request-%d" % number)
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + 20) * 1000)))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        parts = self.path.split("/")
        answers[parts[4]] = {"kind": parts[5], "body": body}
        with open(sys.argv[3], "w") as file:
            json.dump(answers, file)
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
