"""A service that can be broken: healthy while the file `broken` is not there. Prints its port; ends with its input.

usage: shop.py FOLDER
"""
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder = sys.argv[1]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        healthy = int(not os.path.exists(os.path.join(folder, "broken")))
        body = f"# TYPE shop_healthy gauge\nshop_healthy {healthy}\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
