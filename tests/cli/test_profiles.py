"""Which server is called with which key, and where that is kept."""

import json
import os
import stat

import pytest

from lightfield.cli.profiles import masked

KEY = "sk_lf_1_0123456789abcdef0123456789abcdef"


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".config" / "lightfield" / "profiles.json"


def test_login_tries_the_key_and_keeps_it(bare, served, path):
    done = bare("login", "--base-url", served.address, stdin=f"{served.token}\n")
    assert done.code == 0, done
    assert served.token not in done.out + done.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert json.loads(bare.out("account", "list"))["object"] == "list"
    who = json.loads(bare.out("whoami"))
    assert (who["baseUrl"], who["from"], who["active"]) == (served.address, "the profile 'default'", True)
    assert served.token not in str(who)


def test_a_wrong_key_is_not_kept(bare, served, path):
    done = bare("login", "--base-url", served.address, "--api-key", KEY)
    assert done.code == 1
    assert not path.exists()
    assert "no key" in bare.refused("login", "--base-url", served.address)


def test_profiles_are_added_listed_used_and_removed(bare, path):
    bare.out("profiles", "add", "home", "--base-url", "http://127.0.0.1:8000/", "--api-key", KEY)
    bare.out("profiles", "add", "work", "--base-url", "https://crm.example", stdin=f"{KEY[:-1]}0\n")
    listed = json.loads(bare.out("profiles", "list", "--format", "json"))
    assert [(each["name"], each["current"], each["baseUrl"]) for each in listed] == [
        ("home", True, "http://127.0.0.1:8000"), ("work", False, "https://crm.example"),
    ]  # fmt: skip
    assert KEY not in bare.out("profiles")
    assert "sk_lf_…cdef" in bare.out("profiles")
    bare.out("profiles", "use", "work")
    assert json.loads(path.read_text())["current"] == "work"
    assert "already" in bare.refused("profiles", "add", "work", "--api-key", KEY)
    assert bare.refused("profiles", "use", "wrk").startswith("There is no profile 'wrk'. Did you mean \"work\"?")
    bare.out("profiles", "remove", "work")
    assert "no API key" in bare.refused("account", "list")
    assert "made of letters" in bare.refused("profiles", "add", "../x", "--api-key", KEY)
    assert "no command 'ad'" in bare.refused("profiles", "ad")
    assert not [name for name in os.listdir(path.parent) if name != "profiles.json"]


def test_the_nearest_setting_wins(bare, served):
    bare.out("profiles", "add", "here", "--base-url", served.address, "--api-key", served.token)
    bare.out("profiles", "add", "there", "--base-url", "http://127.0.0.1:1", "--api-key", KEY)

    def asked(*words, **environment):
        return json.loads(bare.out("account", "list", "--dry-run", *words, **environment))["url"].partition("/v1")[0]

    assert asked() == served.address
    assert asked(LIGHTFIELD_PROFILE="there") == "http://127.0.0.1:1"
    assert asked("--profile", "there") == "http://127.0.0.1:1"
    assert asked("--profile", "there", LIGHTFIELD_API_KEY=KEY, LIGHTFIELD_BASE_URL="http://x") == "http://127.0.0.1:1"
    assert asked(LIGHTFIELD_API_KEY=KEY) == "https://api.lightfield.app"
    assert asked(LIGHTFIELD_API_KEY=KEY, LIGHTFIELD_BASE_URL="http://x") == "http://x"
    assert asked("--base-url", "http://y", LIGHTFIELD_API_KEY=KEY, LIGHTFIELD_BASE_URL="http://x") == "http://y"
    assert asked("--base-url", "http://y", "--api-key", KEY) == "http://y"


def test_a_profiles_key_goes_to_its_own_server_only(bare):
    bare.out("profiles", "add", "home", "--base-url", "https://crm.example", "--api-key", KEY)
    for words, environment in (
        (["--base-url", "http://elsewhere"], {}),
        (["--base-url", "http://elsewhere", "--profile", "home"], {}),
        ([], {"LIGHTFIELD_BASE_URL": "http://elsewhere"}),
    ):
        said = bare.refused("account", "list", *words, **environment)
        assert said.startswith(
            "The key of the profile 'home' is for https://crm.example and is not sent to http://elsewhere."
        )


def test_logout_forgets_the_key_and_keeps_the_address(bare, path):
    bare.out("profiles", "add", "home", "--base-url", "https://crm.example", "--api-key", KEY)
    bare.out("logout")
    assert KEY not in path.read_text()
    assert bare.refused("account", "list") == "The profile 'home' has no key: lightfield login home"


def test_a_file_that_others_may_read_is_pointed_out_and_closed_again(bare, path):
    bare.out("profiles", "add", "home", "--base-url", "https://crm.example", "--api-key", KEY)
    path.chmod(0o644)
    assert f"chmod 600 {path}" in bare("account", "list", "--dry-run").err
    bare.out("profiles", "add", "more", "--api-key", KEY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "{", "[]", '{"profiles": {"a": 1}}', '{"profiles": {"a": {}}}'])
def test_a_file_of_something_else_is_refused(bare, path, content):
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert str(path) in bare.refused("account", "list")


def test_the_file_may_lie_elsewhere(bare, tmp_path):
    bare.out("profiles", "add", "x", "--api-key", KEY, LIGHTFIELD_CONFIG=str(tmp_path / "mine.json"))
    assert (tmp_path / "mine.json").exists()
    bare.out("profiles", "add", "x", "--api-key", KEY, XDG_CONFIG_HOME=str(tmp_path / "xdg"))
    assert (tmp_path / "xdg" / "lightfield" / "profiles.json").exists()


@pytest.mark.parametrize(("key", "shown"), [(KEY, "sk_lf_…cdef"), ("short", "…"), ("", "(no key)"), (None, "(no key)")])
def test_a_key_is_never_shown_whole(key, shown):
    assert masked(key) == shown


def test_doctor_goes_from_the_settings_to_the_server(cli, served):
    told = cli.out("doctor")
    assert [line.split()[0] for line in told.splitlines()] == ["server", "key", "answer", "version", "may", "clock"]
    assert served.token not in told
    assert "401" in cli("doctor", "--api-key", KEY).out
    down = cli("doctor", "--base-url", "http://127.0.0.1:1", "--max-retries", "0")
    assert down.code == 1
    assert "none" in down.out
