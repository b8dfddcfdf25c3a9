from tests.examples.conftest import Served


def test_the_quickstart_prints_whom_it_found(served: Served) -> None:
    done = served.run("quickstart.py")
    assert done.returncode == 0, done.stderr
    person, account = done.stdout.splitlines()
    assert person == "Nadia Osei, Head of Purchasing: nadia.osei@harbour-coffee.example"
    assert account.startswith("Harbour Coffee Roasters has 1 contact, and was made at 20")
