"""An HTTP/1.1 server of bad weather: what it does is told by the path.

usage: weather.py PORT [--tls CERT KEY]

/echo                  200, the request as JSON
/status/CODE[?body=T]  that status; more `header=Name:value` may follow
/reset                 reads the request, then resets the connection
/close                 reads the request, then closes the connection without an answer
/silent                reads the request, counts it as `silent`, never answers
/drip                  one byte of the body each 0.2 s, for ever
/half                  announces 1,000 bytes, sends 10, closes
/big/BYTES             a body of that size
/headers               headers without end
/garbage               what is no HTTP
/json/TEXT             200, the text (percent-decoded) as application/json
/once/NAME             answers once on a connection, then closes it when the next request comes, without an answer
/count/NAME            how many requests /once/NAME and /tally/NAME have had
/tally/NAME            200, counts
/flaky/NAME/N          503 for the first N requests, then 200; all are counted
/cut/NAME/N            counts, then resets the connection for the first N requests, then 200
/mute/NAME             counts, never answers
/keys/NAME             how many different idempotency keys /flaky/NAME and /cut/NAME have had
/redirect?to=URL       302
/as/MODE[/TEXT]/...    a service of that mode, whatever follows: answer, throttle, deny, reflect, big, silent
"""
import json, socket, socketserver, ssl, struct, sys, threading, time, urllib.parse

counts, keys, lock, connections = {}, {}, threading.Lock(), [0]


def bump(name, headers=()):
    with lock:
        keys.setdefault(name, set()).update(value for header, value in headers if header == "Idempotency-Key")
        counts[name] = counts.get(name, 0) + 1
        return counts[name]


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        with lock:
            connections[0] += 1
            self.number = connections[0]
        self.seen = set()
        try:
            while self.one():
                pass
        except (ConnectionError, BrokenPipeError, ssl.SSLError, OSError):
            pass

    def one(self):
        line = self.rfile.readline()
        if not line:
            return False
        method, target, _ = line.decode("latin-1").split(" ", 2)
        headers, size = [], 0
        while True:
            raw = self.rfile.readline().rstrip(b"\r\n")
            if not raw:
                break
            name, _, value = raw.decode("latin-1").partition(":")
            headers.append([name, value.strip()])
            if name.lower() == "content-length":
                size = int(value)
        body = self.rfile.read(size)
        url = urllib.parse.urlsplit(target)
        query = urllib.parse.parse_qs(url.query, keep_blank_values=True)
        parts = url.path.strip("/").split("/")
        action = getattr(self, "do_" + parts[0].replace("-", "_"), None)
        if action is None:
            self.answer(404, b"no such weather")
            return True
        self.request_seen = {
            "method": method, "target": target, "headers": headers, "connection": self.number,
            "body": body.decode("utf-8", "replace")}
        return action(parts[1:], query) is not False

    def answer(self, status, body, headers=()):
        lines = ["HTTP/1.1 %d Weather" % status, "Content-Length: %d" % len(body)]
        lines += list(headers)
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)

    def do_echo(self, parts, query):
        self.answer(200, json.dumps(self.request_seen).encode(), ["Content-Type: application/json"])

    def do_status(self, parts, query):
        body = query.get("body", [""])[0].encode()
        self.answer(int(parts[0]), body, query.get("header", []))

    def do_reset(self, parts, query):
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        return False

    def do_close(self, parts, query):
        return False

    def do_silent(self, parts, query):
        bump("silent")
        while self.connection.recv(1):
            pass
        return False

    def do_drip(self, parts, query):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            self.wfile.write(b".")
            time.sleep(0.2)

    def do_half(self, parts, query):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789")
        return False

    def do_big(self, parts, query):
        size, block = int(parts[0]), b"x" * 65536
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        while size > 0:
            self.wfile.write(block[:size])
            size -= len(block)

    def do_headers(self, parts, query):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.wfile.write(b"X-More: " + b"y" * 1000 + b"\r\n")

    def do_garbage(self, parts, query):
        self.wfile.write(b"\x00\x01\x02 this is no protocol\r\n\r\n")
        return False

    def do_json(self, parts, query):
        text = urllib.parse.unquote("/".join(parts))
        self.answer(200, text.encode(), ["Content-Type: application/json"])

    def do_once(self, parts, query):
        bump(parts[0])
        if parts[0] in self.seen:
            return False
        self.seen.add(parts[0])
        self.answer(200, b"first")

    def do_tally(self, parts, query):
        bump(parts[0])
        self.answer(200, b"counted")

    def do_count(self, parts, query):
        with lock:
            self.answer(200, str(counts.get(parts[0], 0)).encode())

    def do_flaky(self, parts, query):
        late = bump(parts[0], self.request_seen["headers"]) > int(parts[1])
        self.answer(200 if late else 503, b"up" if late else b"down")

    def do_cut(self, parts, query):
        if bump(parts[0], self.request_seen["headers"]) <= int(parts[1]):
            return self.do_reset([], query)
        self.answer(200, b"up")

    def do_mute(self, parts, query):
        bump(parts[0])
        while self.connection.recv(1):
            pass
        return False

    def do_keys(self, parts, query):
        with lock:
            self.answer(200, str(len(keys.get(parts[0], ()))).encode())

    def do_as(self, parts, query):
        mode, text = parts[0], urllib.parse.unquote(parts[1]) if len(parts) > 1 else ""
        if mode == "answer":
            return self.answer(200, text.encode())
        if mode == "throttle":
            return self.answer(429, b"{\"message\": \"slow down\"}")
        if mode == "deny":
            return self.answer(403, b"{\"message\": \"not you\"}")
        if mode == "reflect":
            return self.answer(400, json.dumps(self.request_seen).encode())
        if mode == "big":
            return self.do_big(["3000000"], query)
        if mode == "silent":
            return self.do_silent([], query)
        return self.answer(404, b"")

    def do_redirect(self, parts, query):
        self.answer(int(query.get("code", ["302"])[0]), b"", ["Location: " + query["to"][0]])


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", int(sys.argv[1])), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
