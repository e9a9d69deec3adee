"""A server for measuring: answers every request with 204 on kept connections and counts those that it accepts.
`/reset` begins to count anew, `/count` tells. Its port, a free one, goes into the file PORT.

usage: bench-server.py PORT"""
import asyncio, os, sys

accepted = 0


class Connection(asyncio.Protocol):
    def connection_made(self, transport):
        global accepted
        accepted += 1
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        global accepted
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, rest = self.buffer.partition(b"\r\n\r\n")
            length = 0
            for line in head.split(b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if len(rest) < length:
                return
            self.buffer = rest[length:]
            path = head.split(b" ", 2)[1]
            if path == b"/reset":
                accepted = 0
            if path == b"/count":
                body = b"%d" % (accepted - 1)
                self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            else:
                self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=1024)
    with open(sys.argv[1] + ".new", "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    await server.serve_forever()


asyncio.run(main())
