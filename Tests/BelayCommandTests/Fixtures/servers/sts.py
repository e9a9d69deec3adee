"""A stand-in for the Security Token Service, made from its public contract: GetCallerIdentity, with a clock of its own.

usage: sts.py SECONDS [refuse]    the Date header is so far from this machine's time; `refuse`: as STS does beyond 5 minutes.
The first line of output is the port, a free one; ends with standard input."""
import email.utils, os, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECONDS, REFUSES = int(sys.argv[1]), sys.argv[2:] == ["refuse"]
IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:root</Arn><UserId>AIDA</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
REFUSAL = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>SignatureDoesNotMatch</Code><Message>Signature expired: 20260301T015000Z is now earlier than 20260301T015500Z
(20260301T020000Z - 5 min.)</Message></Error></ErrorResponse>"""


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(time.time() + SECONDS, usegmt=True)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = (REFUSAL if REFUSES else IDENTITY).encode()
        self.send_response(403 if REFUSES else 200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
while sys.stdin.buffer.read1(1):
    pass
os._exit(0)
