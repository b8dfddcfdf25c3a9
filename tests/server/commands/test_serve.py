"""`lightfield serve`, as real processes."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
KEY = re.compile(r"sk_lf_1_[0-9a-f]{32}")


def command(*words: str, **more):
    own = {name: value for name, value in os.environ.items() if not name.startswith("LIGHTFIELD_")}
    return {
        "args": [sys.executable, "-m", "lightfield_server", *words],
        "env": {**own, "PYTHONPATH": str(ROOT / "src"), **more},
        "text": True,
    }


def run(*words: str, **more):
    return subprocess.run(**command(*words, **more), capture_output=True, timeout=30, check=False)


class Running:
    """A server on a free port; `said` is what its standard output said before it could be reached."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            **command("serve", "--data", str(folder), "--port", "0", *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.said = {}
        for line in self.process.stdout:
            name, _, value = line.strip().partition(": ")
            self.said[name] = value
            if name == "address":
                break
        self.took = time.monotonic() - self.began

    def get(self, path: str, key: str | None = None):
        headers = {"Lightfield-Version": "2026-03-01"} | ({"Authorization": f"Bearer {key}"} if key else {})
        request = urllib.request.Request(self.said["address"] + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error), dict(error.headers)

    def stop(self, how: int = signal.SIGTERM):
        """(exit code, rest of standard output, standard error)."""
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture
def serve(tmp_path):
    started = []

    def start(*words: str) -> Running:
        started.append(Running(tmp_path / "data", *words))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.communicate()


def test_the_first_start_shows_a_key_that_works_and_later_ones_show_none(serve):
    first = serve()
    assert set(first.said) == {"key", "address"}
    assert KEY.fullmatch(first.said["key"])
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d+", first.said["address"])
    status, body, _ = first.get("/v1/auth/validate", first.said["key"])
    assert (status, body["subjectType"], body["scopes"]) == (200, "user", [])
    assert first.get("/v1/schema/members", first.said["key"])[1]["data"][0]["role"] == "admin"
    code, out, err = first.stop()
    assert (code, out) == (0, "")
    assert err == "Keep this key: it has full access and is not shown again.\n"
    second = serve()
    assert set(second.said) == {"address"}
    assert second.get("/v1/auth/validate", first.said["key"])[0] == 200
    assert second.stop() == (0, "", "")


def test_an_interrupt_stops_it_as_cleanly(serve):
    assert serve().stop(signal.SIGINT)[0] == 0


def test_it_answers_soon_after_it_was_started(serve):
    serve().stop()
    # A loaded machine gets a second chance: the claim is about the server.
    assert min(started.took for started in (serve(), serve())) < 1.5


@pytest.mark.parametrize("workers", ["1", "3"])
def test_a_request_under_way_is_answered_before_it_stops(serve, workers):
    running = serve("--workers", workers)
    host, _, port = running.said["address"].removeprefix("http://").partition(":")
    body = json.dumps({"fields": {"$name": "Acme"}}).encode()
    head = (
        f"POST /v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {running.said['key']}\r\n"
        f"Lightfield-Version: 2026-03-01\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as client:
        client.sendall(head.encode() + body[:5])
        time.sleep(0.2)
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        client.sendall(body[5:])
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
    assert running.stop()[0] == 0


# Several processes


def news(running, what):
    """The id of the next process that answers, or ended, as it is logged."""
    for line in running.process.stderr:
        if found := re.search(rf"process \d+ \((\d+)\) {what}", line):
            return int(found[1])
    raise AssertionError("the server has ended")


def test_several_processes_answer_at_one_address_and_end_together(serve):
    running = serve("--workers", "3")
    assert set(running.said) == {"key", "address"}
    reached = []
    # Connections come to all of them.
    while set(reached) != {1, 2, 3}:
        reached.append(running.get("/health")[1]["process"])
    code, out, err = running.stop()
    assert (code, out) == (0, "")
    assert err == "Keep this key: it has full access and is not shown again.\n"
    assert serve("--workers", "2").stop(signal.SIGINT) == (0, "", "")


def test_a_process_that_dies_is_replaced_and_the_others_answer_meanwhile(serve):
    running = serve("--workers", "2", "--log-level", "info")
    first = [news(running, "answers") for _ in range(2)]
    # Killed, or told to end by somebody else.
    for each, how in zip(first, (signal.SIGKILL, signal.SIGTERM), strict=True):
        os.kill(each, how)
        assert news(running, "ended") == each
        assert running.get("/v1/auth/validate", running.said["key"])[0] == 200
        assert news(running, "answers") not in first
    assert running.stop()[0] == 0


def test_no_process_outlives_the_one_that_started_it(serve):
    running = serve("--workers", "3")
    running.process.kill()
    # They share its standard error: it ends with the last of them.
    running.process.communicate(timeout=20)
    host, _, port = running.said["address"].removeprefix("http://").partition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))


UNABLE = """
from lightfield_server.commands import main, supervised
supervised.__name__ = "no_such_module"
main(["serve", "--workers", "2", "--port", "0"])
"""


def test_a_server_whose_processes_cannot_start_ends_and_says_so(tmp_path):
    started = command(LIGHTFIELD_DATA=str(tmp_path / "data"))
    started["args"] = [sys.executable, "-c", UNABLE]
    ended = subprocess.run(**started, capture_output=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert "address" not in ended.stdout
    assert ended.stderr.endswith("Error: A process could not start.\n")


ENDLESS = {
    "path": b"GET /v1/",
    "header": b"GET /health HTTP/1.1\r\nX-Long: ",
    "trailer": b"POST /v1/accounts HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Long: ",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_head_that_does_not_end_is_not_kept_for_ever(serve, name):
    host, _, port = serve().said["address"].removeprefix("http://").partition(":")
    sent = 0
    with socket.create_connection((host, int(port))) as client, contextlib.suppress(OSError):
        client.sendall(ENDLESS[name])
        while sent < 20_000_000:
            client.sendall(b"a" * 50_000)
            sent += 50_000
    assert sent < 20_000_000


def test_many_requests_at_once_and_a_body_with_its_head_are_no_large_head(serve):
    running = serve()
    host, _, port = running.said["address"].removeprefix("http://").partition(":")
    named = json.dumps({"fields": {"$title": "Minutes", "$content": "x" * 500_000}}).encode()
    noted = (
        f"POST /v1/notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {running.said['key']}\r\n"
        f"Lightfield-Version: 2026-03-01\r\nContent-Type: application/json\r\nContent-Length: {len(named)}\r\n\r\n"
    )
    health = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 1_000 + b"\r\n\r\n"
    with socket.create_connection((host, int(port))) as client:
        client.sendall(noted.encode() + named + health * 300)
        answered = b""
        while answered.count(b"HTTP/1.1 200") < 301:
            said = client.recv(1 << 20)
            assert said, answered[-200:]
            answered += said


def test_keys_and_definitions_made_beside_a_running_server_work_at_once(serve, tmp_path):
    running = serve()
    where = ("--data", str(tmp_path / "data"))
    made = run("keys", "create", "--name", "Sync", "--scope", "accounts:read", *where)
    assert (made.returncode, made.stderr) == (0, "")
    key = made.stdout.strip()
    assert running.get("/v1/accounts", key)[0] == 200
    assert running.get("/v1/contacts", key)[0] == 403
    defined = run("schema", "fields", "create", "account", "tier", "--label", "Tier", "--type", "TEXT", *where)
    assert defined.returncode == 0
    assert "tier" in running.get("/v1/accounts/definitions", key)[1]["fieldDefinitions"]
    id = json.loads(run("keys", "list", "--json", *where).stdout)[-1]["id"]
    assert run("keys", "revoke", id, *where).returncode == 0
    assert running.get("/v1/accounts", key)[0] == 401
    copy = tmp_path / "copy.db"
    assert run("backup", str(copy), *where).returncode == 0
    assert copy.exists()


@pytest.mark.parametrize(("first", "second"), [("1", "1"), ("2", "2"), ("2", "1"), ("1", "2")])
def test_a_port_in_use_is_said_in_a_sentence(serve, tmp_path, first, second):
    port = serve("--workers", first).said["address"].rpartition(":")[2]
    second = run("serve", "--data", str(tmp_path / "other"), "--port", port, "--workers", second)
    assert (second.returncode, second.stdout) == (1, "")
    expected = f"Error: Cannot listen on 127.0.0.1, port {port}: address already in use."
    assert second.stderr.startswith(expected)
    assert len(second.stderr.splitlines()) == 1
    assert not (tmp_path / "other").exists()


def test_a_rate_limit_is_kept_or_off(serve):
    limited = serve("--rate-limit", "3")
    answers = [limited.get("/v1/auth/validate", limited.said["key"]) for _ in range(8)]
    assert 429 in [status for status, _, _ in answers]
    assert answers[0][2]["x-ratelimit-limit"] == "3"
    limited.stop()
    free = serve("--rate-limit", "off")
    assert "x-ratelimit-limit" not in free.get("/v1/auth/validate", limited.said["key"])[2]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--workers", "0"), "a whole number of processes"),
        (("--port", "http"), "a port is a whole number"),
        (("--database", "mysql://localhost/crm"), "postgresql://user:password@host/database"),
        (("--config", "nowhere.toml"), "nowhere.toml cannot be read"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_before_anything_is_made(tmp_path, words, says):
    refused = run("serve", "--data", str(tmp_path / "data"), *words)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert says in refused.stderr
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_no_database_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "notes.txt").write_text("These are my notes, and they are rather long. " * 200)
    refused = run("serve", "--database", f"sqlite:///{tmp_path}/notes.txt", "--port", "0")
    assert refused.returncode == 1
    assert "notes.txt cannot be opened" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_server_that_does_not_answer_is_said_in_one_line():
    refused = run("serve", "--database", "postgresql://ann:secret@127.0.0.1:1/crm", "--port", "0")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Error: postgresql://ann@127.0.0.1:1/crm cannot be opened: PostgreSQL does not")
    assert refused.stderr.count("\n") == 1


def test_help_comes_at_once():
    def took() -> float:
        began = time.monotonic()
        assert run("--help").returncode == 0
        return time.monotonic() - began

    assert min(took() for _ in range(3)) < 0.3


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "crm.example.com", "192.0.2.1"])
def test_examples_are_for_this_machine_only(tmp_path, host):
    done = run("serve", "--example", "--host", host, "--data", str(tmp_path / "none"))
    assert done.returncode == 2
    assert "for this machine only" in done.stderr
    assert not (tmp_path / "none").exists()
