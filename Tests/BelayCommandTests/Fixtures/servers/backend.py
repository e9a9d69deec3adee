"""A stand-in for an incident backend: its four functions behind Lambda's Invoke API, and a Prometheus.

Every invocation's signature is checked with botocore's signer; what was asked goes into a file, a JSON line each.
Standard input closed ends it. The port is free; it is the first line of standard output.

usage: backend.py KEY SECRET LOG [FUNCTION=MODE...]    MODE: error500, function-error, throttle-twice, slow"""
import json, os, sys, threading, time, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY, SECRET, LOG = sys.argv[1:4]
MODES = dict(argument.split("=") for argument in sys.argv[4:])
METRICS = {"redis_memory_percent": "41"}
TARGETS = {"incident-restart-service": ["api", "auth-service"], "incident-clear-cache": ["cache"],
           "incident-scale-up": ["database", "api", "cache"]}
counts = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def is_signed(self, body):
        fields = dict(part.strip().split("=", 1)
                      for part in self.headers.get("Authorization", " =").split(" ", 1)[1].split(","))
        if "Signature" not in fields:
            return False
        scope = fields["Credential"].split("/")
        request = AWSRequest(self.command, "http://%s%s" % (self.headers["Host"], self.path), data=body)
        for name in fields["SignedHeaders"].split(";"):
            if name != "host":
                request.headers[name] = self.headers[name]
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        signer = SigV4Auth(Credentials(KEY, SECRET), scope[3], scope[2])
        text = signer.string_to_sign(request, signer.canonical_request(request))
        return fields["Signature"] == signer.signature(text, request)

    def answer(self, status, value, headers=()):
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        parts = urllib.parse.urlsplit(self.path)
        if parts.path.endswith("/api/v1/query"):
            return self.metric(urllib.parse.parse_qs(body.decode()))
        function = urllib.parse.unquote(parts.path.split("/")[3])
        payload = json.loads(body)
        signed = self.is_signed(body)
        counts[function] = counts.get(function, 0) + 1
        with open(LOG, "a") as log:
            log.write(json.dumps({"function": function, "signed": signed, "payload": payload}) + "\n")
        mode = MODES.get(function)
        if not signed:
            self.answer(403, {"message": "the signature does not match"},
                        [("x-amzn-ErrorType", "SignatureDoesNotMatch")])
        elif payload.get("target") not in TARGETS.get(function, [payload.get("target")]):
            text = json.dumps({"message": "unknown target", "error": "ValueError", "incidentId": payload["incidentId"]})
            self.answer(200, {"statusCode": 500, "body": text})
        elif mode == "error500":
            text = json.dumps({"message": "could not", "error": "boom", "incidentId": payload["incidentId"]})
            self.answer(200, {"statusCode": 500, "body": text})
        elif mode == "function-error":
            self.answer(200, {"errorMessage": "division by zero", "errorType": "ZeroDivisionError"},
                        [("X-Amz-Function-Error", "Unhandled")])
        elif mode == "throttle-twice" and counts[function] < 3:
            self.answer(429, {"Type": "User", "message": "Rate Exceeded."},
                        [("x-amzn-ErrorType", "TooManyRequestsException")])
        else:
            if mode == "slow":
                time.sleep(20)
            self.answer(200, {"statusCode": 200, "body": json.dumps({"message": "done"})})

    def do_GET(self):
        self.metric(urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query))

    def metric(self, asked):
        name = asked.get("query", [""])[0]
        result = [{"metric": {"__name__": name}, "value": [time.time(), METRICS[name]]}] if name in METRICS else []
        self.answer(200, {"status": "success", "data": {"resultType": "vector", "result": result}})


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
while sys.stdin.buffer.read1(1):
    pass
os._exit(0)
