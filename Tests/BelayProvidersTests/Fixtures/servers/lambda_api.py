"""A stand-in for Lambda's Invoke API: the function's name tells what happens. Every request's signature is
checked with botocore's signer; made from the public API reference.

usage: lambda_api.py PORT ACCESS_KEY SECRET"""
import base64, datetime, json, socket, struct, sys, time, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

PORT, KEY, SECRET = int(sys.argv[1]), sys.argv[2], sys.argv[3]
counts = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def signature_is_right(self, body):
        sent = self.headers.get("Authorization", "")
        fields = dict(part.strip().split("=", 1) for part in sent.split(" ", 1)[1].split(","))
        scope = fields["Credential"].split("/")
        url = "http://%s%s" % (self.headers["Host"], self.path)
        request = AWSRequest(self.command, url, data=body)
        for name in fields["SignedHeaders"].split(";"):
            if name != "host":
                request.headers[name] = self.headers[name]
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        signer = SigV4Auth(Credentials(KEY, SECRET), scope[3], scope[2])
        text = signer.string_to_sign(request, signer.canonical_request(request))
        return fields["Signature"] == signer.signature(text, request)

    def answer(self, status, value, headers=(), raw=None):
        body = raw if raw is not None else json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def error(self, status, code, message):
        self.answer(status, {"Type": "User", "message": message}, [("x-amzn-ErrorType", code + ":http://x/")])

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if not self.signature_is_right(body):
            return self.error(403, "SignatureDoesNotMatch", "the signature does not match")
        parts = urllib.parse.urlsplit(self.path)
        name = urllib.parse.unquote(parts.path.split("/")[3])
        if name.startswith("arn:"):
            name = name.split(":")[6]
        counts[name] = counts.get(name, 0) + 1
        payload = json.loads(body)
        if self.headers.get("X-Amz-Invocation-Type") == "Event":
            return self.answer(202, None, raw=b"")
        ok = lambda value: self.answer(200, {"statusCode": 200, "body": json.dumps(value)})
        if name == "echo":
            ok({"request": payload, "qualifier": parts.query})
        elif name == "any":
            self.answer(200, {"seen": payload})
        elif name == "fail500":
            value = {"message": "could not restart", "error": "boom", "incidentId": payload["incidentId"]}
            self.answer(200, {"statusCode": 500, "body": json.dumps(value)})
        elif name == "function-error":
            self.answer(200, {"errorMessage": "division by zero", "errorType": "ZeroDivisionError"},
                        [("X-Amz-Function-Error", "Unhandled")])
        elif name == "function-timeout":
            self.answer(200, {"errorMessage": "2026-01-01 Task timed out after 3.00 seconds"},
                        [("X-Amz-Function-Error", "Unhandled")])
        elif name == "throttle":
            self.error(429, "TooManyRequestsException", "Rate Exceeded.")
        elif name == "recovering":
            if counts[name] < 3:
                self.error(429, "TooManyRequestsException", "Rate Exceeded.")
            else:
                ok({"done": True})
        elif name == "missing":
            self.error(404, "ResourceNotFoundException", "Function not found")
        elif name == "denied":
            self.error(403, "AccessDeniedException", "not authorized to perform lambda:InvokeFunction")
        elif name == "down":
            self.error(503, "ServiceException", "internal")
        elif name == "slow":
            time.sleep(30)
        elif name == "garbage":
            self.answer(200, None, raw=b"<html>not json</html>")
        elif name == "nostatus":
            self.answer(200, {"hello": 1})
        elif name == "big":
            self.answer(200, None, raw=b'"' + b"x" * 3000000 + b'"')
        elif name == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        else:
            self.error(404, "ResourceNotFoundException", "Function not found: " + name)


ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
