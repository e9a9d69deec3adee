"""A mail server (aiosmtpd) that writes what it takes into a folder. Recipients that begin with `no` are refused,
those that begin with `later` are asked to come back.

usage: mail.py PORT FOLDER [CERT KEY]"""
import asyncio, json, os, ssl, sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

port, folder = int(sys.argv[1]), sys.argv[2]


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("no"):
            return "550 no such person"
        if address.startswith("later"):
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = os.path.join(folder, "mail-%d.json" % len(os.listdir(folder)))
        with open(name, "w") as file:
            json.dump({"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
                       "login": getattr(session, "login_data", None) is not None,
                       "content": envelope.content.decode()}, file)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and data.password == b"mail-password-9"
    session.login_data = right
    return AuthResult(success=right, handled=right, auth_data=data)


options = {"authenticator": authenticate}
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    options.update(tls_context=context, require_starttls=True)
controller = Controller(Handler(), hostname="127.0.0.1", port=port, **options)
controller.start()
asyncio.new_event_loop().run_forever()
