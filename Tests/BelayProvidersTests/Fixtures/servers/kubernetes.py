"""A stand-in for a Kubernetes API server, made from the API's public contract: TLS, a bearer token or a client's
certificate, and deployments as far as a restart, a scale and a read need them. It is no Kubernetes.

usage: kubernetes.py PORT CERT KEY AUTHORITY TOKEN"""
import http.server, json, ssl, sys

port, certificate, key, authority, token = sys.argv[1:]
deployments = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, code, value):
        body = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def status(self, code, reason, message):
        self.answer(code, {"kind": "Status", "status": "Failure", "reason": reason, "message": message, "code": code})

    def refused(self):
        """An API server tells nobody who is unknown what there is; this one also repeats what it was told."""
        said = self.headers.get("Authorization", "")
        if self.connection.getpeercert() or said == "Bearer " + token:
            return False
        self.status(401, "Unauthorized", "Unauthorized: " + said)
        return True

    def deployment(self):
        parts = self.path.strip("/").split("/")
        if parts[:4] != ["apis", "apps", "v1", "namespaces"] or parts[5] != "deployments" or parts[6] != "api":
            self.status(404, "NotFound", "deployments.apps \"%s\" not found" % parts[-1])
            return None
        return deployments.setdefault(parts[4], {"metadata": {}, "spec": {"replicas": 2}, "status": {"readyReplicas": 2}})

    def do_GET(self):
        if not self.refused():
            found = self.deployment()
            if found:
                self.answer(200, found)

    def do_PATCH(self):
        patch = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.refused():
            return
        if self.headers.get("Content-Type") != "application/merge-patch+json":
            return self.status(415, "UnsupportedMediaType", "the body is of the wrong type")
        found = self.deployment()
        if found:
            found["spec"].update(json.loads(patch)["spec"])
            self.answer(200, found)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
context.load_verify_locations(authority)
context.verify_mode = ssl.CERT_OPTIONAL
server = Server(("127.0.0.1", int(port)), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
