"""Every kind of value is found by what people remember of it."""

import pytest

PERSON = {"firstName": "Jonathan", "lastName": "Smíth-O'Brien"}


@pytest.fixture
def contact(make):
    return make.contact(
        ["jon.smith@acme.co.uk", "j@other.example"],
        name=PERSON,
        title="Head of Logistics",
        phone=["(202) 555-1234", "+442079460958"],
        linkedIn="jonny-smith",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Jonathan",
        "JONATHAN smith",
        "jona smi",
        "smith j",
        "O'Brien",
        "obrien",
        "brien",
        "head of logistics",
        "logis",
        "jon.smith@acme.co.uk",
        "Jon.Smith@ACME.co.uk",
        "jon.smith@ac",
        "jon.smith",
        "acme.co.uk",
        "<j@other.example>",
        "202 555 1234",
        "(202) 555-1234",
        "+1 202-555-1234",
        "12025551234",
        "5551234",
        "555-1234",
        "+44 20 7946 0958",
        "020 7946 0958",
        "jonny-smith",
        "jonatan smiht",
        "logistcs",
        "smith 2025551234",
    ],
)
def test_a_person_is_found_by(search, contact, text):
    assert search.ids(text) == [contact]


@pytest.mark.parametrize("text", ["ith", "jonathan miller", "5551235", "jon.smith@acme.com", "og", "linkedin"])
def test_a_person_is_not_found_by(search, contact, text):
    assert search.ids(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "acme",
        "https://www.acme-tools.de/shop",
        "acme-tools.de",
        "tools.de/shop",
        "rue de la paix",
        "75002",
        "paris",
    ],
)
def test_a_company_is_found_by(search, make, text):
    address = {"street": "3, rue de la Paix", "city": "Paris", "postalCode": "75002", "country": "FR"}
    made = make.account("ACME", website=["https://www.acme-tools.de/shop"], primaryAddress=address, headcount="1-10")
    assert search.ids(text) == [made]


@pytest.mark.parametrize("text", ["日本語", "会社", "語テ", "株式会社日本語テスト", "ﾃｽﾄ", "株式会社 テスト"])
def test_a_script_without_spaces_is_found_by_any_part(search, make, text):
    note = make.note(title="株式会社日本語テスト")
    make.note(title="会日社本語株")
    assert search.ids(text) == [note]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("삼성전자", "전자"),
        ("Đường Nguyễn Huệ", "duong nguyen"),
        ("Москва́ Ёлка", "елка москва"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("हिन्दी समाचार", "हिन्दी"),
        ("สวัสดีครับ", "ดีคร"),
        ("مُحَمَّد", "محمد"),
        ("Straße", "strasse"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
    ],
)
def test_case_accents_and_width_make_no_difference(search, make, title, text):
    note = make.note(title=title)
    assert search.ids(text) == [note]


def test_pages_of_text_are_found_by_words_in_them(search, make):
    note = make.note(
        title="Minutes", content="# Plan\n\n" + "We *talked* about **harbour** cranes. " * 200 + "\n- zebra"
    )
    task = make.task(title="Ring", description="Ask about the zebra crossing")
    assert search.ids("zebra harbour") == [note]
    assert set(search.ids("zebra")) == {note, task}


def test_every_type_of_record_that_can_be_read_is_found(search, make, world):
    make.type("project", "Project")
    found = {
        make.account("Quagga"),
        make.contact("quagga@x.example"),
        make.opportunity(name="Quagga"),
        make.task(title="Quagga"),
        make.note(title="Quagga"),
        make.meeting(title="Quagga"),
        make.record("project", **{"$name": "Quagga"}),
        world.add_member("quagga@us.example"),
        make.api.create("lists", {"$name": "Quagga", "$objectType": "account"})["id"],
    }
    assert set(search.ids("quagga")) == found


def test_words_of_closed_lists_and_numbers_are_no_text(search, make, api):
    make.meeting(privacySetting="METADATA")
    make.account(headcount="51-200", revenue=7654321)
    for text in ("metadata", "7654321", "51-200"):
        assert search.ids(text) == []


def test_only_the_types_that_are_asked_for_are_found(search, make):
    account, note, task = make.account("Quagga"), make.note(title="Quagga"), make.task(title="Quagga")
    assert search.ids("quagga", objectTypes=["note"]) == [note]
    assert set(search.ids("quagga", objectTypes=["note", "account", "note"])) == {note, account}
    every = ["account", "contact", "opportunity", "note", "meeting", "member", "list"]
    assert set(search.ids("quagga", objectTypes=every)) == {note, account}
    assert set(search.ids("quagga")) == {account, note, task}


def test_a_hit_says_what_it_is_and_where_the_words_stand(search, make):
    content = "Nothing to see here. " * 20 + "Then the quagga appeared at once. " + "And left. " * 30
    note = make.note(title="Safari", content=content)
    (hit,) = search("quagga")["data"]
    assert {**hit, "snippet": ""} == {
        "objectType": "note",
        "id": note,
        "title": "Safari",
        "field": "$content",
        "snippet": "",
        "score": 0.6,
    }
    assert "the quagga appeared at once" in hit["snippet"]
    assert hit["snippet"].startswith("…")
    assert hit["snippet"].endswith("…")
    assert len(hit["snippet"]) <= 161


def test_a_snippet_shows_accents_as_they_were_written(search, make):
    make.note(title="Trip", content="Straßenfest in Zürich, gleich  morgen")
    (hit,) = search("zurich strassen")["data"]
    assert hit["snippet"] == "Straßenfest in Zürich, gleich morgen"


def test_a_record_without_a_name_is_called_by_what_it_has(search, make):
    make.contact(["ann@acme.example"])
    make.contact(phone=["+12025551234"])
    assert search("acme")["data"][0]["title"] == "ann@acme.example"
    assert search("2025551234")["data"][0]["title"] == "+12025551234"


def test_a_limit_caps_what_is_shown_and_not_what_is_counted(search, make):
    made = [make.note(title=f"Quagga {n}") for n in range(7)]
    answer = search("quagga", limit=3)
    assert [hit["id"] for hit in answer["data"]] == made[:-4:-1]
    assert (answer["count"], answer["exactCount"], answer["complete"]) == (7, True, True)
