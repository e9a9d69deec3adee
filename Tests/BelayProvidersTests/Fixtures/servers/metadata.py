"""Stand-ins for the container credential service and the instance metadata service, version 2, made from their
public contracts: a token first, then the role's name, then its keys, which change with each question.

usage: metadata.py PORT"""
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

asked = [0]


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_PUT(self):
        if self.path == "/latest/api/token" and self.headers["X-aws-ec2-metadata-token-ttl-seconds"]:
            return self.answer(200, "the-token")
        self.answer(400, "")

    def do_GET(self):
        if self.path == "/container":
            if self.headers["Authorization"] != "tok":
                return self.answer(401, "")
            return self.answer(200, json.dumps({
                "AccessKeyId": "AKCONTAINER", "SecretAccessKey": "s", "Token": "t",
                "Expiration": "2030-01-01T01:00:00Z"}))
        if self.headers["X-aws-ec2-metadata-token"] != "the-token":
            return self.answer(401, "")
        if self.path == "/latest/meta-data/iam/security-credentials/":
            return self.answer(200, "web-role\n")
        if self.path == "/latest/meta-data/iam/security-credentials/web-role":
            asked[0] += 1
            return self.answer(200, json.dumps({
                "Code": "Success", "AccessKeyId": "AKINSTANCE%d" % asked[0], "SecretAccessKey": "s",
                "Token": "instance-token", "Expiration": "2030-01-01T0%d:00:00Z" % asked[0]}))
        self.answer(404, "")


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
