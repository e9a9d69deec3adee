"""Keeps each request as a JSON file in a folder and answers 204.

usage: keep.py PORT FOLDER"""
import json, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        name = os.path.join(sys.argv[2], "%d.json" % len(os.listdir(sys.argv[2])))
        with open(name, "w") as file:
            json.dump({"method": self.command, "path": self.path, "body": body,
                       "headers": {key.lower(): value for key, value in self.headers.items()}}, file)
        answer = sys.argv[3].encode() if len(sys.argv) > 3 else b""
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_PATCH = do_DELETE = do_GET = do_POST


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
