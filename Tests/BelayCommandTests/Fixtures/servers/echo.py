"""Says again what it was told, as careless servers and programs do: as it is, in base64 at every alignment,
percent-encoded, as JSON, in hexadecimal digits. Everything that is said goes into a file, too.

usage: echo.py serve LOG          a server on a free port, the first line of output; ends with standard input
       echo.py print LOG STATUS   says the variable TOKEN on both outputs and ends with STATUS"""
import base64, json, os, re, sys, threading, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOG = sys.argv[2]


def forms(text):
    raw = text.encode()
    said = [text, raw.hex(), raw.hex().upper(), json.dumps(text), json.dumps(text, ensure_ascii=False),
            json.dumps(text).replace("/", "\\/"), urllib.parse.quote(text, safe=""), urllib.parse.quote(text),
            urllib.parse.quote_plus(text),
            re.sub("%..", lambda escape: escape[0].lower(), urllib.parse.quote(text, safe=""))]
    for before in (b"", b"u", b"u:"):
        for after in (b"", b"!", b"!?"):
            said.append(base64.b64encode(before + raw + after).decode())
            said.append(base64.urlsafe_b64encode(before + raw + after).decode())
    with open(LOG, "a") as log:
        log.write("\n".join(said) + "\n")
    return said


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        token = self.headers.get("Authorization", "").removeprefix("Bearer ").encode("latin-1").decode()
        told = [token] + [value for value in json.loads(body).values() if isinstance(value, str)]
        said = [form for text in told for form in forms(text)]
        if self.path == "/ok":
            status, answer = 200, json.dumps({"seen": said, "freed": 1})
        else:
            status, answer = (400 if self.path == "/refused" else 503), "\n".join(said)
        answer = answer.encode()
        self.send_response(status)
        self.send_header("X-Echo", urllib.parse.quote(token))
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


if sys.argv[1] == "print":
    text = "\n".join(forms(os.environ["TOKEN"]))
    print(text)
    print(text, file=sys.stderr)
    sys.exit(int(sys.argv[3]))
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
while sys.stdin.buffer.read1(1):
    pass
os._exit(0)
