"""fleet_responder.py as test_fleet.py starts it: it tells what it established, which no responder should."""

import os
import signal

import lake

import fleet_responder

LABEL = 40001
"""A label of EDHOC_Exporter for private use: what is exported under it is worth nothing but here."""


class Responder(fleet_responder.Responder):
    def established(self, c_r: bytes, session: lake.Session) -> None:
        # In one piece: print() writes several with PYTHONUNBUFFERED, and a kill may come between them.
        line = f"established {c_r.hex()} {session.export(LABEL, 32).hex()}\n"
        os.write(1, line.encode())
        if "FLEET_DIES" in os.environ:  # after the claim and before the answer
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    fleet_responder.main(Responder)
