#!/usr/bin/python3
"""A mail server for tests: Debian's aiosmtpd (python3-aiosmtpd belongs to Debian's own Python), keeping what it takes.

    smtp_server.py FOLDER HOST [CERTIFICATE KEY]

Prints the port it chose, then serves until its standard input ends. Each message is a file FOLDER/NNNN.eml.
With a certificate it asks for STARTTLS before any mail, and for the sign-in society, hush. What the local part of a reader's address says, it
does: "refused" is never taken (550), "later" not now (451), "unwanted" is refused after the data (554);
a sender "barred" is refused (550).
"""

import pathlib
import socket
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Keeper:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.count = 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("barred@"):
            return "550 5.7.1 this sender may not"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later@"):
            return "451 4.2.1 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("unwanted@"):
            return "554 5.6.0 we do not like this"
        self.count += 1
        part = self.folder / f"{self.count:04}.part"
        part.write_bytes(envelope.original_content)
        part.rename(part.with_suffix(".eml"))
        return "250 OK kept"


def sign_in(server, session, envelope, mechanism, data):
    # Not handled: the server answers.
    return AuthResult(success=(data.login, data.password) == (b"society", b"hush"), handled=False)


def main():
    folder, host, *files = sys.argv[1:]
    context = None
    if files:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*files)
    # The port is drawn by the system; Controller wants to know it before it listens.
    with socket.socket() as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]
    secured = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": sign_in}
    controller = Controller(Keeper(folder), hostname=host, port=port, **(secured if context else {}))
    controller.start()
    print(port, flush=True)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main()
