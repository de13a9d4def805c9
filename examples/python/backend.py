"""A backend for the menu in examples/menus, with the standard library alone.

Run it with: python3 backend.py 8000
ACTIONS_KEY is the key that PayTrace signs with. Without it, requests are taken
unsigned, which is for a first try on one machine only.
"""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MAX_BODY = 64 * 1024
TOLERANCE = 5 * 60  # seconds by which a signature may be old

KEY = os.environ.get("ACTIONS_KEY", "")
LOCK = threading.Lock()  # one request at a time: the second of two with one key waits
DB = sqlite3.connect(os.environ.get("SACCO_DB", ":memory:"), check_same_thread=False)
DB.executescript("""
    CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, asked TEXT NOT NULL, answer TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS members (phone TEXT PRIMARY KEY, name TEXT, cents INTEGER, pin TEXT);
    INSERT OR IGNORE INTO members VALUES ('+254711000111', 'Amina Odhiambo', 1250000, '1234');
""")


class Refused(Exception):
    """A request that is refused before anything is done."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


def check_signature(headers, body):
    """Checks the signature as Standard Webhooks say."""
    if not KEY:
        return
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > TOLERANCE:
        raise Refused(401, "the signature is missing or too old")
    secret = base64.b64decode(KEY.removeprefix("whsec_"))
    signed = f"{message_id}.{stamp}.".encode() + body
    right = "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    if not any(hmac.compare_digest(right, given) for given in headers.get("webhook-signature", "").split()):
        raise Refused(401, "the signature is wrong")


def find_member(request, values):
    if not isinstance(values.get("phone"), str):
        raise Refused(400, "phone is missing")
    row = DB.execute("SELECT name, cents FROM members WHERE phone = ?", (values["phone"],)).fetchone()
    if row is None:
        return {"outcome": "not_found"}
    return {"outcome": "found", "values": {"name": row[0], "balance": row[1]}}


def withdraw(request, values):
    amount = values.get("amount")
    if type(amount) is not int or not 5000 <= amount <= 2000000:
        raise Refused(400, "amount is no amount")
    if "pin" not in values:
        return {"outcome": "failed"}  # asked again without the PIN, and the first request never came
    row = DB.execute("SELECT cents, pin FROM members WHERE phone = ?", (request["caller"],)).fetchone()
    if row is None or row[1] != values["pin"]:
        return {"outcome": "wrong_pin"}
    if row[0] < amount:
        return {"outcome": "too_little"}
    DB.execute("UPDATE members SET cents = cents - ? WHERE phone = ?", (amount, request["caller"]))
    count = DB.execute("SELECT count(*) FROM answers").fetchone()[0]
    return {"outcome": "sent", "values": {"ref": f"W-{count + 1}"}}


READS = {"/members/find": find_member}
WRITES = {"/withdraw": withdraw}


def once(key, request, action):
    """Does an action once for a key, and repeats its answer for the same key."""
    values = {name: value for name, value in request["values"].items() if name != "pin"}  # a PIN is stored nowhere
    asked = json.dumps([request["action"], request["caller"], values], sort_keys=True)
    with LOCK, DB:  # the action and its answer are stored together
        row = DB.execute("SELECT asked, answer FROM answers WHERE key = ?", (key,)).fetchone()
        if row is not None and row[0] != asked:
            raise Refused(409, "the key belongs to another request")
        if row is not None:
            return json.loads(row[1])
        answer = action(request, request["values"])
        DB.execute("INSERT INTO answers VALUES (?, ?, ?)", (key, asked, json.dumps(answer)))
        return answer


def answer(path, headers, body):
    check_signature(headers, body)
    try:
        request = json.loads(body)
        if path == "/verify":
            return {"outcome": "ok"}
        if not isinstance(request["values"], dict):
            raise Refused(400, "values is no object")
        if path in READS:
            with LOCK:
                return READS[path](request, request["values"])
        if path in WRITES:
            return once(headers["Idempotency-Key"], request, WRITES[path])
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(400, "the body is not a request") from error
    raise Refused(404, "there is no such action")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(min(length, 2 * MAX_BODY))
        try:
            if length > MAX_BODY:
                self.close_connection = True
                raise Refused(413, "the body is too long")
            self.reply(200, answer(self.path, self.headers, body))
        except Refused as refused:
            self.reply(refused.status, {"error": str(refused)})

    def reply(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form, *args):
        pass  # a request line has nothing to tell, and bodies have PINs


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8000), Handler)
    print(f"The backend answers at http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
